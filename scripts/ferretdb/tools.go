//go:build tools

// Package tools pins the MongoDB-protocol server that the store's tests run against.
package tools

import _ "github.com/FerretDB/FerretDB/cmd/ferretdb"
