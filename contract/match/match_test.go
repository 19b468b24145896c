package match

import (
	"testing"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

func answered(status int, body string) *exchange.Exchange {
	value, problems, _ := exchange.Decode([]byte(body))
	return &exchange.Exchange{
		Request: &exchange.Request{Op: &document.Operation{ID: "x", Responses: map[int]*document.Response{201: {}}}, Method: "POST", Path: "/x"},
		Status:  status, Content: &exchange.Content{Value: value, Problems: problems},
	}
}

func TestMatchersOfItemsAndRows(t *testing.T) {
	t.Parallel()
	name := "Hello"
	items := answered(200, `{"data":[{"id":1,"word":"GREEN"},{"id":2,"word":"BLUE"}]}`)
	list := &exchange.List{Rows: []exchange.Row{{ID: 1, Phone: "966", LastMessage: &name, Pointer: "/data/0"}}}
	expectMatchers(t, map[string]matcherCase{
		"status":                 {HaveStatus(409, 410), answered(410, `{}`), answered(200, `{}`), "409 Conflict or 410 Gone", "200 OK", ""},
		"the documented success": {BeAccepted(), answered(201, `{}`), answered(400, `{"error":"x"}`), "200 OK", "400 Bad Request x", ""},
		"number":                 {HaveNumber("/a/0/b", 3), answered(200, `{"a":[{"b":3}]}`), answered(200, `{"a":[{"b":"3"}]}`), "3 at /a/0/b", `"3"`, "/a/0/b"},
		"any number":             {HaveNumber("/a~1b"), answered(200, `{"a/b":1}`), answered(200, `[]`), "a whole number at /a~1b", "null", "/a~1b"},
		"text":                   {HaveText("/a"), answered(200, `{"a":"x"}`), answered(200, `{"a":""}`), "a text at /a", `""`, "/a"},
		"item":                   {ContainItem("word", "BLUE"), items, answered(200, `{"data":[]}`), "a row with the word BLUE", "0 other rows", "/data"},
		"no item":                {ContainNoItem("word", "BLUE"), answered(200, `{"data":[]}`), items, "no row with the word BLUE", "BLUE", "/data/1/word"},
		"ContainID":              {ContainID(2), items, answered(200, `{"data":[{"id":"2"}]}`), "a row with the id 2", "1 other rows", "/data"},
		"ItemsContain":           {ItemsContain("word", "E"), items, answered(200, `{"data":[{"word":"Red"},{"word":"Pink"}]}`), "a text with E", `"Pink"`, "/data/1/word"},
		"words":                  {ItemsShowOneOf("word", "GREEN", "BLUE"), items, answered(200, `{"data":[{"word":"RED"}]}`), "GREEN, BLUE", `"RED"`, "/data/0/word"},
		"phone":                  {ContainPhone("966"), list, &exchange.List{}, "a row with the phone 966", "0 other rows", "/data"},
		"last message":           {ShowLastMessage("966", "Hello"), list, &exchange.List{}, "Hello", "no row", "/data"},
		"message":                {ContainMessage(7), &exchange.StatusList{Rows: []exchange.StatusRow{{ID: 7}}}, &exchange.StatusList{}, "a row with the message_id 7", "0 other rows", "/data"},
		"no text":                {ContainNoText("x"), &exchange.Thread{}, &exchange.Thread{Messages: []exchange.Message{{Content: "xy", Pointer: "/data/messages/0"}}}, "no such message", `"xy"`, "/data/messages/0"},
		"closed":                 {BeClosed(), &exchange.Thread{Status: "closed"}, &exchange.Thread{Status: "bot"}, "closed", "bot", "/data/status"},
		"open":                   {BeOpen(), &exchange.Thread{Status: "bot"}, &exchange.Thread{Status: "closed"}, "not closed", "closed", "/data/status"},
	})
}
