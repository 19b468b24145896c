// Command mockserver is a mock of the Awal Conversations API: signed, validated, with believable data.
package main

import (
	"os"

	"example.com/awalmock/mockserver/cli"
)

func main() { os.Exit(cli.Main()) }
