# Proposed by Ephemeris, to be reviewed:
# container orders of database shop in account orders-prod (prod), of group:default/orders-team.
# Throughput: autoscale to 4000 request units per second.
# The account and the database have to be there. No key is in here and none is needed, since
# clients come through the gateway: keep disableLocalAuth on at the account.
# The configuration that it goes into has the provider, for subscription 7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

variable "resource_group_name" {
  description = "The resource group of the account."
  type        = string
  default     = "shop"
}

variable "account_name" {
  description = "The account, which is there already."
  type        = string
  default     = "orders-prod"
}

variable "autoscale_max_throughput" {
  description = "Request units per second that the container may scale up to."
  type        = number
  default     = 4000
}

variable "gateway_principal_id" {
  description = "The object id of the identity that the gateway has in this account."
  type        = string
}

data "azurerm_cosmosdb_account" "account" {
  name                = var.account_name
  resource_group_name = var.resource_group_name
}

resource "azurerm_cosmosdb_sql_container" "container" {
  name                  = "orders"
  resource_group_name   = data.azurerm_cosmosdb_account.account.resource_group_name
  account_name          = data.azurerm_cosmosdb_account.account.name
  database_name         = "shop"
  partition_key_paths   = ["/tenantId", "/customerId"]
  partition_key_kind    = "MultiHash"
  partition_key_version = 2
  default_ttl           = 2592000

  autoscale_settings {
    max_throughput = var.autoscale_max_throughput
  }

  unique_key {
    paths = ["/orderNumber"]
  }

  unique_key {
    paths = ["/email", "/phone"]
  }

  indexing_policy {
    indexing_mode = "consistent"

    included_path {
      path = "/*"
    }

    excluded_path {
      path = "/payload/*"
    }

    excluded_path {
      path = "/\"_etag\"/?"
    }

    composite_index {
      index {
        path  = "/status"
        order = "Ascending"
      }

      index {
        path  = "/createdAt"
        order = "Descending"
      }
    }
  }
}

resource "azurerm_cosmosdb_sql_role_assignment" "gateway" {
  resource_group_name = data.azurerm_cosmosdb_account.account.resource_group_name
  account_name        = data.azurerm_cosmosdb_account.account.name
  principal_id        = var.gateway_principal_id
  role_definition_id  = "${data.azurerm_cosmosdb_account.account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"
  scope               = "${data.azurerm_cosmosdb_account.account.id}/dbs/shop/colls/orders"
  depends_on          = [azurerm_cosmosdb_sql_container.container]
}
