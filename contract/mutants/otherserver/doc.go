// Package otherserver is a second server that keeps the contract, written apart from the mock: it shares no code with it, and answers
// differently wherever the contract leaves a choice. The contract suite must accept it.
//
// Options make it look different in lawful ways, or put one fault into it that the suite must notice.
package otherserver
