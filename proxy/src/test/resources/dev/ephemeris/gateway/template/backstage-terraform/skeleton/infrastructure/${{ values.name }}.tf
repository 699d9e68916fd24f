# Proposed by Ephemeris, to be reviewed:
# container ${{ values.container }} of database ${{ values.database }} in account orders-prod (prod), of ${{ values.owner }}.
# Throughput: it shares the throughput of its database.
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

data "azurerm_cosmosdb_account" "account" {
  name                = var.account_name
  resource_group_name = var.resource_group_name
}

resource "azurerm_cosmosdb_sql_container" "container" {
  name                  = "${{ values.container }}"
  resource_group_name   = data.azurerm_cosmosdb_account.account.resource_group_name
  account_name          = data.azurerm_cosmosdb_account.account.name
  database_name         = "${{ values.database }}"
  partition_key_paths   = ["${{ values.partitionKey1 }}"]
  partition_key_kind    = "Hash"
  partition_key_version = 2
}
