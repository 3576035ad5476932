package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/connectors/mail/account"
)

// TestMailLoginByCode: a provider as RFC 8628 wants it, asked once by the
// command and then for a token; what is said and what is kept.
func TestMailLoginByCode(t *testing.T) {
	t.Parallel()
	said := ""
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		said += r.URL.Path + " " + r.PostForm.Get("client_id") + "\n"
		w.Header().Set("Content-Type", "application/json")
		answer := map[string]any{"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": "https://example.org/device", "expires_in": 900, "interval": 1}
		if strings.HasSuffix(r.URL.Path, "/token") {
			answer = map[string]any{"token_type": "Bearer", "access_token": "access-secret", "refresh_token": "refresh-secret", "expires_in": 3600}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(provider.Close)
	folder := t.TempDir()
	const yaml = "name: Anytown CLP\nimprint: Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown\nmail:\n  from: secretary@example.org\n  send: {server: smtp.office365.com, user: secretary@example.org}\n"
	if err := os.WriteFile(filepath.Join(folder, "constituency.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	login := func(args ...string) (int, string) {
		var out bytes.Buffer
		status := run(append([]string{"-C", folder, "mail", "login", "--authority", provider.URL}, args...), strings.NewReader(""), &out, &out)
		return status, out.String()
	}
	if status, out := login(); status != exitUsage || !strings.Contains(out, "--client-id") {
		t.Errorf("without a registration: %d\n%s", status, out)
	}
	const id = "01234567-89ab-cdef-0123-456789abcdef"
	status, out := login("--client-id", id)
	for _, want := range []string{"open https://example.org/device", "ABCD-EFGH", "Log in there as secretary@example.org. The code holds for 15 minutes.", "Logged in.", "mail.token"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if status != exitOK || strings.Contains(out, "secret-") || strings.Contains(out, "-secret") {
		t.Errorf("status %d\n%s", status, out)
	}
	if want := "/organizations/oauth2/v2.0/devicecode " + id + "\n/organizations/oauth2/v2.0/token " + id + "\n"; said != want {
		t.Errorf("the provider was asked\n%swant\n%s", said, want)
	}
	file := filepath.Join(folder, "mail.token")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	a, err := account.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := a.Token(t.Context()); token != "access-secret" || err != nil || a.User() != "secretary@example.org" {
		t.Errorf("%q for %q, %v", token, a.User(), err)
	}
}
