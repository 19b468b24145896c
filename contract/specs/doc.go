// Package specs has what is asked of a server, in one file for each tag or subject of the contract.
package specs
