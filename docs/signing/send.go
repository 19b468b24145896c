package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func send(method, url, timestamp, body, signature string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Awal-Signature-256", signature)
	request.Header.Set("X-Timestamp", timestamp)
	request.Header.Set("X-Domain", os.Getenv("AWAL_DOMAIN"))
	request.Header.Set("X-Client-ID", os.Getenv("AWAL_CLIENT_ID"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode)
	_, _ = io.Copy(os.Stdout, response.Body)
	_ = response.Body.Close()
}
