# Proposed by Ephemeris, to be reviewed:
# container orders of database shop in account orders-prod (prod), of group:default/orders-team.
# Throughput: 400 request units per second.
# The account and the database have to be there. No key is in here and none is needed, since
# clients come through the gateway: keep disableLocalAuth on at the account.
# The configuration that it goes into has the provider.

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
}

variable "account_name" {
  description = "The account, which is there already."
  type        = string
  default     = "orders-prod"
}

variable "throughput" {
  description = "Request units per second of the container."
  type        = number
  default     = 400
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
  partition_key_paths   = ["/customerId"]
  partition_key_kind    = "Hash"
  partition_key_version = 2
  throughput            = var.throughput
}
