module github.com/datum-cloud/kubectl-plugins/hack

go 1.26.0
