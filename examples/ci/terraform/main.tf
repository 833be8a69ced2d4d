# The provider reads the context that `kubectl datum-creds update-kubeconfig
# --project P` has made. The context names its session, and the provider tells the
# plugin which server the token is for: nothing has to be trusted beyond that.
terraform {
  required_version = ">= 1.6"
  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.38"
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
