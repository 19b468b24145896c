package main

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// The workspace that is asked: the default one of the mock's own fixtures, and of the fixtures that this program writes.
const (
	basePath = "/api/developer"
	domain   = "your-workspace"
	clientID = "your-client-id"
	secret   = "your-hmac-secret"
	number   = "123456"
)

// signed is a whole signed HTTP/1.1 request. target is behind the base path; the body is JSON, nil for none.
func signed(method, target string, body []byte) []byte {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	sum := signature.Sign(secret, signature.Request{Method: method, Target: target, Timestamp: timestamp, Body: body})
	text := fmt.Appendf(nil, "%s %s%s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nUser-Agent: awalmock-bench\r\nX-Domain: %s\r\nX-Client-ID: %s\r\nX-Timestamp: %s\r\nX-Awal-Signature-256: %s\r\n",
		method, basePath, target, domain, clientID, timestamp, sum)
	if body != nil {
		text = fmt.Appendf(text, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return append(append(text, "\r\n"...), body...)
}

// list asks for the conversations with a status and a search term, both "" for none.
func list(status, term string) []byte {
	query := url.Values{"phone_number_id": {number}}
	if status != "" {
		query.Set("status", status)
	}
	if term != "" {
		query.Set("searchTerm", term)
	}
	return signed("GET", "/conversations?"+query.Encode(), nil)
}

// one asks for a conversation.
func one(id int64) []byte {
	return signed("GET", fmt.Sprintf("/conversations/%d?phone_number_id=%s", id, number), nil)
}

// text sends a text.
func text(phone string) []byte {
	body := fmt.Appendf(nil, `{"phone":%q,"body":"Your order is on its way and arrives today."}`, phone)
	return signed("POST", "/w/message/text?phone_number_id="+number, body)
}
