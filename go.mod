module github.com/datum-cloud/kubectl-plugins

go 1.26.0
