# The providers read the context that `kubectl datum-creds update-kubeconfig --project P`
# has made. The context names its session, and the providers tell the plugin which server
# the token is for: no further trust is needed.
terraform {
  required_version = ">= 1.6"
  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 3.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
  }
}

variable "kubeconfig" {
  type    = string
  default = "~/.kube/config"
}

provider "kubernetes" {
  config_path    = var.kubeconfig
  config_context = "datum-project-my-project"
}

# Since version 3 of this provider, kubernetes is an argument and no block.
provider "helm" {
  kubernetes = {
    config_path    = var.kubeconfig
    config_context = "datum-project-my-project"
  }
}
