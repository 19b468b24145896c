package diagnose_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

func otherMistakes() []mistake {
	plain := func(text string) string { return fmt.Sprintf("sha256=%x", sha256.Sum256([]byte(text))) }
	const get = "GET" + list
	rows := []mistake{
		{name: "method in lower case", header: signed("get" + list + now), hint: "lower case"},
		{name: "no method", header: signed(list + now), hint: "method was left out"},
		{name: "no timestamp", header: signed(get), hint: "timestamp was left out"},
		{name: "a second later", header: signed(get + "1704124801"), hint: "the clock was read twice"},
		{name: "a second earlier", header: signed(get + "1704124799"), hint: "the clock was read twice"},
		{name: "milliseconds sent", timestamp: now + "123", header: signed(get + now), hint: "seconds were signed but milliseconds sent"},
		{name: "milliseconds signed", header: signed(get + now + "987"), hint: "milliseconds were signed but seconds sent"},
		{name: "timestamp before the query", header: signed("GET/conversations" + now + list[len("/conversations"):]), hint: "the order is wrong"},
		{name: "timestamp first", header: signed(now + listSent[:len(listSent)-len(now)]), hint: "the order is wrong"},
		{name: "timestamp and body", header: signed(now), hint: "only the body, or"},
		{name: "body", header: signed(""), hint: "only the body, or"},
		{name: "line feeds", header: signed("GET\n" + list + "\n" + now + "\n"), hint: "something is between"},
		{name: "full stops", header: signed("GET./conversations." + list[len("/conversations"):] + "." + now + "."), hint: "something is between"},
		{name: "line feed in the secret", header: withSecret(secret+"\n", listSent), hint: "with a line feed at its end"},
		{name: "CR LF in the secret", header: withSecret(secret+"\r\n", listSent), hint: "with a line feed at its end"},
		{name: "space in the secret", header: withSecret(secret+" ", listSent), hint: "with a space at its end"},
		{name: "quotes around the secret", header: withSecret(`"`+secret+`"`, listSent), hint: "with quotes around it"},
		{name: "apostrophes around the secret", header: withSecret("'"+secret+"'", listSent), hint: "with quotes around it"},
		{name: "no secret", header: withSecret("", listSent), hint: "an empty secret"},
		{name: "undefined secret", header: withSecret("undefined", listSent), hint: "the word undefined"},
		{name: "no HMAC", header: plain(listSent), hint: "a plain SHA-256"},
		{name: "no HMAC, secret in front", header: plain(secret + listSent), hint: "a plain SHA-256"},
		{name: "no HMAC, secret behind", header: plain(listSent + secret), hint: "a plain SHA-256"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

func writingMistakes() []mistake {
	digest := hmacOf(secret, listSent)
	text := hex.EncodeToString(digest)
	std := base64.StdEncoding.EncodeToString(digest)
	wrong := strings.Repeat("0", 64)
	rows := []mistake{
		{name: "no prefix", header: text, hint: "the prefix sha256= is missing"},
		{name: "prefix in upper case", header: "SHA256=" + text, hint: "exactly this form"},
		{name: "prefix with a colon", header: "sha256: " + text, hint: "exactly this form"},
		{name: "prefix of HMAC", header: "HMAC-SHA256 " + text, hint: "exactly this form"},
		{name: "prefix twice", header: "sha256=sha256=" + text, hint: "appears twice"},
		{name: "quoted", header: `"sha256=` + text + `"`, hint: "quotes or spaces"},
		{name: "base64", header: "sha256=" + std, hint: "in base64: send"},
		{name: "base64 without prefix", header: std, hint: "is missing; the digest is in base64"},
		{name: "base64 for URLs", header: "sha256=" + base64.RawURLEncoding.EncodeToString(digest), hint: "in base64: send"},
		{name: "base64 of digits", header: "sha256=" + base64.StdEncoding.EncodeToString([]byte(text)), hint: "once more"},
		{name: "base64 and full path", header: "sha256=" + base64.StdEncoding.EncodeToString(hmacOf(secret, "GET"+basePath+list+now)), hint: "in base64: send it as 64 hexadecimal digits; the full path was signed"},
		{name: "no prefix and wrong", header: wrong, hint: "the prefix sha256= is missing"},
		{name: "SHA-1", header: "sha256=" + wrong[:40], hint: "40 characters, the length of SHA-1"},
		{name: "SHA-512", header: "sha512=" + wrong + wrong, hint: "64 hexadecimal digits"},
		{name: "cut", header: "sha256=" + text[:63], hint: "63 characters"},
		{name: "no digest", header: "sha256=", hint: "0 characters"},
		{name: "words", header: "sha256=abc...", hint: "64 hexadecimal digits; it has 6"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

func timestampMistakes() []mistake {
	with := func(timestamp string) string { return signed("GET" + list + timestamp) }
	rows := []mistake{
		{name: "milliseconds", header: with(now + "000"), hint: "milliseconds were signed"},
		{name: "a fraction", header: with(now + ".125"), hint: "a fraction of a second was signed"},
		{name: "a float", header: with(now + ".0"), hint: "a fraction of a second was signed"},
		{name: "half a minute apart", header: with("1704124770"), hint: "the clock was read twice"},
		{name: "the time of Riyadh", header: with("1704135600"), hint: "a local time was signed"},
		{name: "a date", header: with("2024-01-01T16:00:00Z"), hint: "a date was signed"},
		{name: "a date of JavaScript", header: with("2024-01-01T16:00:00.000Z"), hint: "a date was signed"},
		{name: "none", header: with(""), hint: "timestamp was left out"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

// constructionMistakes have the right parts and the right secret, and make something else of them.
func constructionMistakes() []mistake {
	hashed := sha256.Sum256([]byte(listSent))
	digest := hmacOf(secret, listSent)
	double := sha256.Sum256(digest)
	const path, query = "/conversations", "?phone_number_id=1&status="
	rows := []mistake{
		{name: "secret as the message", header: withSecret(listSent, secret), hint: "were swapped"},
		{name: "text hashed first", header: withSecret(secret, string(hashed[:])), hint: "the text was hashed"},
		{name: "text hashed first, in digits", header: withSecret(secret, hex.EncodeToString(hashed[:])), hint: "the text was hashed"},
		{name: "HMAC hashed again", header: fmt.Sprintf("sha256=%x", double), hint: "hashed a second time"},
		{name: "HMAC of the HMAC", header: withSecret(secret, string(digest)), hint: "hashed a second time"},
		{name: "byte order mark", header: signed("\ufeff" + listSent), hint: "byte order mark"},
		{name: "UTF-16", header: signed(strings.Join(strings.Split(listSent, ""), "\x00") + "\x00"), hint: "UTF-16"},
		{name: "line feed behind the text, as echo writes", header: signed(listSent + "\n"), hint: "line feed was signed"},
		{name: "timestamp, method, target", header: signed(now + "GET" + list), hint: "the order is wrong"},
		{name: "query before the path", header: signed("GET" + query + path + now), hint: "the order is wrong"},
		{name: "target, method, timestamp", header: signed(list + "GET" + now), hint: "the order is wrong"},
		{name: "timestamp, target, method", header: signed(now + list + "GET"), hint: "the order is wrong"},
		{name: "timestamp and body with a full stop", header: signed(now + "."), hint: "something is between"},
		{name: "line feeds, no question mark", header: signed("GET\n" + path + "\n" + query[1:] + "\n" + now + "\n"), hint: "something is between"},
		{name: "timestamp first, full stops", header: signed(now + ".GET." + list + "."), hint: "something is between"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

func secretMistakes() []mistake {
	hashed := sha256.Sum256([]byte(secret))
	raw, _ := base64.RawURLEncoding.DecodeString(secret)
	rows := []mistake{
		{name: "space before it", header: withSecret(" "+secret, listSent), hint: "with a space before it"},
		{name: "in base64", header: withSecret(base64.StdEncoding.EncodeToString([]byte(secret)), listSent), hint: "encoded in base64"},
		{name: "in hexadecimal", header: withSecret(hex.EncodeToString([]byte(secret)), listSent), hint: "encoded in hexadecimal"},
		{name: "decoded from base64", header: withSecret(string(raw), listSent), hint: "decoded from base64"},
		{name: "hashed", header: withSecret(string(hashed[:]), listSent), hint: "hashed before"},
		{name: "upper case", header: withSecret(strings.ToUpper(secret), listSent), hint: "another case"},
		{name: "byte order mark", header: withSecret("\ufeff"+secret, listSent), hint: "byte order mark is before the secret"},
		{name: "null", header: withSecret("null", listSent), hint: "the word null"},
		{name: "None", header: withSecret("None", listSent), hint: "the word None"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

// toolMistakes are lines that a command printed, sent as they are.
func toolMistakes() []mistake {
	text := hex.EncodeToString(hmacOf(secret, listSent))
	rows := []mistake{
		{name: "openssl dgst", header: "(stdin)= " + text, hint: "openssl"},
		{name: "openssl dgst behind the prefix", header: "sha256=(stdin)= " + text, hint: "openssl"},
		{name: "openssl 3", header: "SHA2-256(stdin)= " + text, hint: "openssl"},
		{name: "openssl of a file", header: "HMAC-SHA256(request.txt)= " + text, hint: "openssl"},
		{name: "sha256sum", header: text + "  -", hint: "sha256sum"},
		{name: "colon without a space", header: "sha256:" + text, hint: "exactly this form"},
		{name: "upper-case prefix and full path", header: "SHA256=" + hex.EncodeToString(hmacOf(secret, "GET"+basePath+list+now)), hint: "exactly this form; the full path"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

// unknowableMistakes lead to a digest that shows nothing: each row says why.
func unknowableMistakes() []mistake {
	rows := []mistake{
		{name: "another secret", header: withSecret("guess", listSent), why: "every secret is as likely as any other"},
		{name: "garbage", header: "sha256=" + strings.Repeat("0", 64), why: "it is no digest of anything"},
		{name: "microseconds", header: signed("GET" + list + now + ".123456"), why: "there are a million to try"},
		{name: "another day", header: signed("GET" + list + "1704000001"), why: "every second of a day is as likely as any other"},
		{name: "another request's path", header: signed("GET/templates" + now), why: "a text that was not sent is not known"},
		{name: "another request's body", header: signed(listSent + `{"phone":"1"}`), why: "a text that was not sent is not known"},
		{name: "a value of the query changed on the way", header: signed("GET/conversations?phone_number_id=2&status=" + now), why: "a text that was not sent is not known"},
		{name: "two faults in one parameter", header: signed("get" + strings.ReplaceAll(list, "=", "%3D") + now + "000"), why: "pairs of faults are not tried, but for the base path"},
	}
	for i := range rows {
		rows[i].target = list
	}
	rows = append(rows,
		mistake{
			name: "damaged before it was sent", target: send, body: `{"u":"??"}`, header: signed("POST" + send + now + `{"u":"مم"}`),
			why: "the letters are lost",
		},
		mistake{
			name: "keys in an order of their own", target: send, body: `{"a":1,"b":2,"c":3}`,
			header: signed("POST" + send + now + `{"c":3,"a":1,"b":2}`), why: "the orders of many keys are too many; only sorted ones are tried",
		},
	)
	return rows
}
