# Without a kubeconfig. An exec block does not tell the plugin which server the token is
# for. Allow that once, for this session:
#   kubectl datum-creds trust --session robot --without-cluster-info
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

locals {
  server = "https://api.datum.net/apis/resourcemanager.miloapis.com/v1alpha1/projects/my-project/control-plane"
}

provider "kubernetes" {
  host = local.server

  exec {
    api_version = "client.authentication.k8s.io/v1"
    command     = "kubectl-datum_creds"
    args        = ["get-token", "--session", "robot"]
  }
}

# Since version 3 of this provider, kubernetes and exec are arguments and no blocks.
provider "helm" {
  kubernetes = {
    host = local.server

    exec = {
      api_version = "client.authentication.k8s.io/v1"
      command     = "kubectl-datum_creds"
      args        = ["get-token", "--session", "robot"]
    }
  }
}
