package diagnose_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"

	"example.com/awalmock/mockserver/internal/signature"
)

func pathMistakes() []mistake {
	return []mistake{
		{name: "full path", target: list, header: signed("GET" + basePath + list + now), hint: "the full path was signed"},
		{name: "relative path", path: signature.Full, target: list, header: signed(listSent), hint: "without the base path /api/developer"},
		{name: "path decoded", target: "/a%31?b=c", header: signed("GET/a1?b=c" + now), hint: "1 where %31 was sent (the path)"},
		{name: "path decoded, no query", target: "/a%31", header: signed("GET/a1" + now), hint: "1 where %31 was sent (the path)"},
		{name: "slash added", target: list, header: signed("GET/conversations/?phone_number_id=1&status=" + now), hint: "a / at the end"},
		{name: "slash cut", target: "/templates/", header: signed("GET/templates" + now), hint: "a / at the end"},
		{name: "no leading slash", target: list, header: signed("GET" + list[1:] + now), hint: "the / at the beginning"},
		{name: "URL", target: list, header: signed("GEThttp://127.0.0.1:4010" + basePath + list + now), hint: "whole URL"},
		{name: "vendor's URL", target: list, header: signed("GEThttps://api.awalchat.com" + basePath + list + now), hint: "whole URL"},
		{name: "host", path: signature.Full, target: list, header: signed("GET127.0.0.1:4010" + basePath + list + now), hint: "whole URL"},
	}
}

func queryMistakes() []mistake {
	with := func(query string) string { return signed("GET/conversations?" + query + now) }
	const sent = "/conversations?"
	return []mistake{
		{name: "no question mark", target: list, header: signed("GET/conversationsphone_number_id=1&status=" + now), hint: "the ? before the query"},
		{
			name: "no question mark and full path", target: list,
			header: signed("GET" + basePath + "/conversationsphone_number_id=1&status=" + now), hint: "; the ? before the query",
		},
		{name: "no query", target: list, header: signed("GET/conversations" + now), hint: "the query was left out"},
		{name: "question mark without query", target: "/templates", header: signed("GET/templates?" + now), hint: "a ? was signed"},
		{name: "bare question mark left out", target: "/templates?", header: signed("GET/templates" + now), hint: "? before the query was left out"},
		{name: "decoded", target: sent + "s=%D8%A3", header: with("s=أ"), hint: "encoded otherwise: أ where %D8%A3 was sent (the parameter s)"},
		{name: "decoded, plus", target: sent + "s=a+b", header: with("s=a b"), hint: "encoded otherwise: a space where + was sent"},
		{name: "decoded, plus kept", target: sent + "s=%2B+b", header: with("s=++b"), hint: "encoded otherwise: + where %2B was sent"},
		{name: "spaces as plus", target: sent + "s=a%20b%2F", header: with("s=a+b%2F"), hint: "encoded otherwise: + where %20 was sent (the parameter s)"},
		{name: "spaces as percent", target: sent + "s=a+b%2F", header: with("s=a%20b%2F"), hint: "encoded otherwise: %20 where + was sent"},
		{name: "form encoding", target: sent + "s=a%20b(!)", header: with("s=a+b%28%21%29"), hint: "+ where %20 was sent, %28 where ( was sent, %21 where ! was sent and 1 more"},
		{name: "encodeURIComponent", target: sent + "s=a+b%28%21/%29", header: with("s=a%20b(!%2F)"), hint: "%20 where + was sent, ( where %28 was sent"},
		{name: "encoded, raw sent", target: sent + "s=أ&x", header: with("s=%D8%A3&x"), hint: "%D8%A3 where أ was sent"},
		{name: "upper-case digits", target: sent + "s=%d8%a3%2f/", header: with("s=%D8%A3%2F/"), hint: "%D8%A3 where %d8%a3 was sent, %2F where %2f was sent"},
		{name: "lower-case digits", target: sent + "s=%D8%A3", header: with("s=%d8%a3"), hint: "%d8%a3 where %D8%A3 was sent"},
		{name: "twice", target: sent + "s=%D8", header: with("s=%25D8"), hint: "encoded twice"},
		{name: "sorted", target: sent + "s=%zz&p=1", header: with("p=1&s=%zz"), hint: "another order"},
		{name: "sorted and encoded", target: sent + "s=a%20b&p=1", header: with("p=1&s=a+b"), hint: "another order"},
		{name: "axios sent, URLSearchParams signed", target: sent + "s=a:b,c$d*~+e", header: with("s=a%3Ab%2Cc%24d*%7E+e"), hint: "encoded otherwise: %3A where : was sent, %2C where , was sent, %24 where $ was sent and 1 more (the parameter s)"},
		{name: "URLSearchParams sent, axios signed", target: sent + "s=a%3Ab%2Cc%24d+e", header: with("s=a:b,c$d+e"), hint: "encoded otherwise: : where %3A was sent"},
		{name: "empty left out", target: list, header: with("phone_number_id=1"), hint: "without a value"},
	}
}

func bodyMistakes() []mistake {
	const sent = `{"phone": "1", "body": "<\u0645 é/👋>"}`
	with := func(body string) string { return signed("POST" + send + now + body) }
	hashed := sha256.Sum256([]byte(sent))
	rows := []mistake{
		{name: "left out", header: with(""), hint: "the body was left out"},
		{name: "left out and full path", header: signed("POST" + basePath + send + now), hint: "; the body was left out"},
		{name: "compact", header: with(`{"phone":"1","body":"<\u0645 é/👋>"}`), hint: "without white space: sign"},
		{name: "JSON.stringify", header: with(`{"phone":"1","body":"<م é/👋>"}`), hint: "without white space, as JSON.stringify does"},
		{name: "json.Marshal of a map", header: with(`{"body":"\u003cم é/👋\u003e","phone":"1"}`), hint: "keys sorted, as json.Marshal of Go does with a map"},
		{name: "json.Marshal of a struct", header: with(`{"phone":"1","body":"\u003cم é/👋\u003e"}`), hint: "\\u003c where < was sent, م where \\u0645 was sent"},
		{name: "sorted", header: with(`{"body":"<م é/👋>","phone":"1"}`), hint: "keys sorted: sign"},
		{name: "json.dumps", header: with(`{"phone": "1", "body": "<\u0645 \u00e9/\ud83d\udc4b>"}`), hint: "as json.dumps of Python does"},
		{name: "spaced", header: with(`{"phone": "1", "body": "<م é/👋>"}`), hint: "م where \\u0645 was sent (byte 26 of the body)"},
		{name: "json_encode", header: with(`{"phone":"1","body":"<\u0645 \u00e9\/\ud83d\udc4b>"}`), hint: "as json_encode of PHP does"},
		{name: "indented", header: with("{\n  \"phone\": \"1\",\n  \"body\": \"<م é/👋>\"\n}"), hint: "indented by 2"},
		{name: "indented more", header: with("{\n    \"phone\": \"1\",\n    \"body\": \"<م é/👋>\"\n}"), hint: "indented by 4"},
		{name: "line feed", header: with(sent + "\n"), hint: "line feed was signed"},
		{name: "hash", header: with(hex.EncodeToString(hashed[:])), hint: "a hash of the body"},
	}
	for i := range rows {
		rows[i].target, rows[i].body = send, sent
	}
	rows = append(
		rows,
		mistake{name: "trimmed", target: send, body: "x\n", header: with("x"), hint: "white space around the body"},
		mistake{name: "line separators", target: send, body: `{"a": "\u2028\u2029"}`, header: with("{\"a\":\"\u2028\u2029\"}"), hint: "JSON.stringify"},
		mistake{name: "slashes escaped in what is sent", target: send, body: `{"a":"\u0645\/"}`, header: with(`{"a":"\u0645/"}`), hint: "/ where \\/ was sent (byte 13 of the body)"},
		mistake{name: "slashes escaped in what is signed", target: send, body: `{"a":"م/"}`, header: with(`{"a":"م\/"}`), hint: "\\/ where / was sent (byte 9 of the body)"},
		mistake{name: "ASCII", target: send, body: `{"a":"مم"}`, header: with(`{"a":"??"}`), hint: "? where م was sent (byte 7 of the body)"},
		mistake{name: "CR LF", target: send, body: "x\r\ny", header: with("x\ny"), hint: "CR LF"},
	)
	for _, nothing := range []string{"{}", "null", "undefined", "[]", `""`, "None"} {
		rows = append(rows, mistake{name: "no body but " + nothing, target: list, header: signed(listSent + nothing), hint: "but " + nothing + " was signed"})
	}
	return rows
}

// encodedQueries are pairs of libraries and slips that encode the same parameters otherwise.
func encodedQueries() []mistake {
	row := func(name, sent, signedQuery, hint string) mistake {
		return mistake{name: name, target: "/c?" + sent, header: signed("GET/c?" + signedQuery + now), hint: hint}
	}
	return []mistake{
		row("brackets raw", "a%5B%5D=1&a%5B%5D=2", "a[]=1&a[]=2", "[ where %5B was sent, ] where %5D was sent (the parameter a[])"),
		row("brackets encoded", "a[]=1", "a%5B%5D=1", "%5B where [ was sent"),
		row("one of three", "s=a%3Ab%2Cc%24", "s=a:b%2Cc%24", ": where %3A was sent (the parameter s)"),
		row("spaces raw, rest encoded", "s=a%20b%3A&t=%D8%A3", "s=a b%3A&t=%D8%A3", "a space where %20 was sent (the parameter s)"),
		row("tilde", "s=a~b", "s=a%7Eb", "%7E where ~ was sent"),
		row("apostrophe and exclamation mark", "s=it's!", "s=it%27s!", "%27 where ' was sent"),
		row("plus of a phone number", "s=+966", "s=%2B966", "%2B where + was sent"),
		row("question marks for Arabic", "s=%D8%A3%D8%AD", "s=??", "? where %D8%A3 was sent"),
		row("Latin-1", "s=caf%C3%A9", "s=caf%E9", "%E9 where %C3%A9 was sent"),
		row("a letter encoded", "s=%41", "s=A", "A where %41 was sent"),
		row("no equals sign", "a=1&s=", "a=1&s", "nothing where = was sent (the parameter s)"),
		row("an equals sign more", "a=1&s", "a=1&s=", "= where nothing was sent (the parameter s)"),
		row("lower-case digits and a raw colon", "s=%D8%A3%3A", "s=%d8%a3:", "%d8%a3 where %D8%A3 was sent, : where %3A was sent"),
		row("an ampersand raw", "s=a%26b", "s=a&b", "& where %26 was sent"),
		row("axios of two parameters", "from=12:30,00&q=$5", "from=12%3A30%2C00&q=%245", "%3A where : was sent"),
		row("reversed", "a=1&c=2&b=3", "b=3&c=2&a=1", "another order"),
		row("lower case", "status=UNREAD", "status=unread", "query was signed in lower case"),
		row("values only", "a=1&b=2", "12", "only the values"),
		{name: "path", target: "/caf%C3%A9?a=b", header: signed("GET/caf%c3%a9?a=b" + now), hint: "%c3%a9 where %C3%A9 was sent (the path)"},
		{name: "full path", target: "/c?s=a:b", header: signed("GET" + basePath + "/c?s=a%3Ab" + now), hint: "after the base path /api/developer; the same text, encoded otherwise: %3A where : was sent"},
		{name: "path in lower case", target: "/Conversations?a=b", header: signed("GET/conversations?a=b" + now), hint: "path was signed in lower case"},
		{name: "two slashes", target: "/c?a=b", header: signed("GET//c?a=b" + now), hint: "two / at its beginning"},
		{name: "no path", target: "/c?a=b", header: signed("GET?a=b" + now), hint: "path was left out"},
	}
}

// rewrittenBodies are JSON texts that were written twice.
func rewrittenBodies() []mistake {
	row := func(name, sent, signedBody, hint string) mistake {
		return mistake{name: name, target: send, body: sent, header: signed("POST" + send + now + signedBody), hint: hint}
	}
	return []mistake{
		row("slash of PHP sent", `{"u":"https:\/\/a"}`, `{"u":"https://a"}`, `/ where \/ was sent (byte 13 of the body)`),
		row("slash and letters of PHP sent", `{"u":"\u0645\/"}`, `{"u":"م/"}`, `م where \u0645 was sent, / where \/ was sent`),
		row("escapes in upper case", `{"u":"\u00e9"}`, `{"u":"\u00E9"}`, `\u00E9 where \u00e9 was sent`),
		row("System.Text.Json", `{"u":"it's <b>"}`, `{"u":"it\u0027s \u003Cb\u003E"}`, `\u0027 where ' was sent`),
		row("emoji as a pair", `{"u":"👋"}`, `{"u":"\ud83d\udc4b"}`, `\ud83d\udc4b where 👋 was sent`),
		row("control character", `{"u":"a\nb"}`, `{"u":"a\u000ab"}`, `\u000a where \n was sent`),
		row("indented by a tab", `{"u":1}`, "{\n\t\"u\": 1\n}", "indented by a tab"),
		row("indented with CR LF", `{"u":1}`, "{\r\n  \"u\": 1\r\n}", "indented by 2, with CR LF"),
		row("minified", "{\n  \"u\": \"م\"\n}", `{"u":"م"}`, "without white space"),
		row("pretty and escaped", `{"u":"م/"}`, "{\n    \"u\": \"\\u0645\\/\"\n}", `\u0645 where م was sent, \/ where / was sent (byte 7 of the body); indented by 4`),
		row("keys sorted and spaced", `{"b":1,"a":2}`, `{"a": 2, "b": 1}`, "keys sorted; with a space behind"),
		row("a whole number", `{"n":1.0}`, `{"n":1}`, "numbers written differently"),
		row("an exponent", `{"n":1E2,"b":0}`, `{"n":100,"b":0}`, "numbers written differently"),
		row("question marks", `{"u":"مرحبا"}`, `{"u":"?????"}`, "? where م was sent"),
		row("two question marks for an emoji", `{"u":"👋"}`, `{"u":"??"}`, "?? where 👋 was sent"),
		row("letters escaped, signed as they are", `{"u":"\u0061"}`, `{"u":"a"}`, `a where \u0061 was sent`),
		row("as a text in quotes", `{"u":1}`, `"{\"u\":1}"`, "in quotes"),
		row("an empty object", `{"u":1}`, `{}`, "{} was signed as the body"),
		row("an object as text", `{"u":1}`, `[object Object]`, "[object Object] was signed"),
	}
}

// charsetMistakes are bodies signed as other bytes than were sent.
func charsetMistakes() []mistake {
	row := func(name, sent, signedBody, hint string) mistake {
		return mistake{name: name, target: send, body: sent, header: signed("POST" + send + now + signedBody), hint: hint}
	}
	md5sum := md5.Sum([]byte("x"))
	return []mistake{
		row("byte order mark signed", "x", "\ufeffx", "byte order mark was signed before the body"),
		row("byte order mark sent", "\ufeffx", "x", "byte order mark was sent"),
		row("Latin-1 of text", "café", "caf\xe9", "Latin-1"),
		row("Latin-1 of JSON", `{"u":"é"}`, "{\"u\":\"\xe9\"}", `\xe9 where é was sent`),
		row("UTF-16", "ab", "a\x00b\x00", "UTF-16"),
		row("CR LF signed", "x\ny", "x\r\ny", "signed with CR LF and sent with LF"),
		row("CR LF at the end", "x", "x\r\n", "line feed was signed"),
		row("MD5 of the body", "x", hex.EncodeToString(md5sum[:]), "a hash of the body"),
		row("base64 of the body", "x", "eA==", "signed in base64"),
		row("white space at both ends", " x\r\n", "x", "white space around the body"),
		row("left out", "x", "", "the body was left out"),
	}
}
