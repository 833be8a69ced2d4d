# Without a kubeconfig. An exec block does not tell the plugin which server the token
# is for, so that has to be allowed once, for this session:
#   kubectl datum-creds trust --session robot --without-cluster-info
terraform {
  required_version = ">= 1.6"
  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.38"
    }
  }
}

provider "kubernetes" {
  host = "https://api.datum.net/apis/resourcemanager.miloapis.com/v1alpha1/projects/my-project/control-plane"

  exec {
    api_version = "client.authentication.k8s.io/v1"
    command     = "kubectl-datum_creds"
    args        = ["get-token", "--session", "robot"]
  }
}
