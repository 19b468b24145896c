// Command signing signs a request to the Awal API and, with AWAL_BASE_URL, sends it: go run . METHOD TARGET [BODY]
package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 3 || os.Getenv("AWAL_SECRET") == "" {
		log.Fatal("usage: AWAL_SECRET=... go run . METHOD TARGET [BODY]")
	}
	method, target, body := os.Args[1], os.Args[2], strings.Join(os.Args[3:], " ")
	timestamp := cmp.Or(os.Getenv("AWAL_TIMESTAMP"), fmt.Sprint(time.Now().Unix()))

	mac := hmac.New(sha256.New, []byte(os.Getenv("AWAL_SECRET")))
	mac.Write([]byte(method + target + timestamp + body))
	signature := fmt.Sprintf("sha256=%x", mac.Sum(nil))
	fmt.Println(signature)

	if baseURL := os.Getenv("AWAL_BASE_URL"); baseURL != "" {
		send(method, baseURL+target, timestamp, body, signature)
	}
}
