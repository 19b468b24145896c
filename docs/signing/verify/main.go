// Command verify says whether a webhook comes from Awal: go run ./verify TARGET SIGNATURE TIMESTAMP < BODY
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 4 || os.Getenv("AWAL_SECRET") == "" {
		log.Fatal("usage: AWAL_SECRET=... go run ./verify TARGET SIGNATURE TIMESTAMP < BODY")
	}
	body, err := io.ReadAll(os.Stdin) // as it came: decode it later
	if err != nil || !verify(os.Getenv("AWAL_SECRET"), os.Args[1], os.Args[2], os.Args[3], body) {
		fmt.Println("refused")
		os.Exit(1)
	}
	fmt.Println("accepted")
}

// verify reports whether one of the signatures is right and the timestamp is at most five minutes off.
func verify(secret, target, signatures, timestamp string, body []byte) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("POST" + target + timestamp + string(body)))
	right, ok := fmt.Sprintf("sha256=%x", mac.Sum(nil)), false
	for signature := range strings.SplitSeq(signatures, ",") {
		ok = hmac.Equal([]byte(strings.TrimSpace(signature)), []byte(right)) || ok
	}
	return ok
}
