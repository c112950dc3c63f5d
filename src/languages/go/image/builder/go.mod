module builder

go 1.24
