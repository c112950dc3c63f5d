//go:build tools

// Package tools names the programs that scripts/deploy-tools.mjs builds, so that go.mod keeps them.
package tools

import (
	_ "github.com/yannh/kubeconform/cmd/kubeconform"
	_ "helm.sh/helm/v4/cmd/helm"
)
