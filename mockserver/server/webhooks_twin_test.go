package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestDocument_TwinInOpenAPI31HasWebhooksAndNoWordOf30(t *testing.T) {
	t.Parallel()
	m := start(t)
	var twin map[string]any
	text := plain(t, m, "/openapi-3.1.json")
	if err := json.Unmarshal([]byte(text), &twin); err != nil {
		t.Fatal(err)
	}
	webhooks, _ := twin["webhooks"].(map[string]any)
	if twin["openapi"] != "3.1.0" || len(webhooks) != 5 || webhooks["message.received"] == nil {
		t.Errorf("openapi %v, webhooks %v", twin["openapi"], webhooks)
	}
	for _, word := range []string{`"nullable"`, `"x-webhooks"`} {
		if strings.Contains(text, word) {
			t.Errorf("%s is left", word)
		}
	}
	if !strings.Contains(text, `"type":["string","null"]`) || !strings.Contains(text, `"format":"int64"`) {
		t.Error("types or formats are missing")
	}
	var same map[string]any
	if err := yaml.Unmarshal([]byte(plain(t, m, "/openapi-3.1.yaml")), &same); err != nil || len(same) != len(twin) {
		t.Errorf("%d keys, %d in YAML: %v", len(twin), len(same), err)
	}
}

func plain(t *testing.T, m *mock, path string) string {
	t.Helper()
	status, _, body := m.open(t, path, "*/*")
	if status != 200 {
		t.Fatalf("%s: %d %s", path, status, body)
	}
	return body
}
