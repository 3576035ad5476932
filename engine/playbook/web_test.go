package playbook_test

import (
	"testing"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestWeb: what may be said of the listener, and what it comes to. What is wrong
// is in testdata/bad.
func TestWeb(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]playbook.Web{
		"":                                {},
		`web: {listen: "127.0.0.1:8480"}`: {Listen: "127.0.0.1:8480"},
		`web: {listen: "localhost:8480", public: "https://Clarion.Example.org/"}`:                   {Listen: "localhost:8480", Public: "https://clarion.example.org"},
		`web: {listen: "[::1]:8480", public: "https://clarion.example.org:8443"}`:                   {Listen: "[::1]:8480", Public: "https://clarion.example.org:8443"},
		`web: {listen: "0.0.0.0:443", certificate: web.pem, key: web.key}`:                          {Listen: "0.0.0.0:443", Certificate: "web.pem", Key: "web.key"},
		`web: {listen: "192.0.2.7:8480", public: "https://clarion.example.org", behind_proxy: yes}`: {Listen: "192.0.2.7:8480", Public: "https://clarion.example.org", BehindProxy: true},
	} {
		set := load(t, map[string]string{"constituency.yaml": "name: Anytown CLP\n" + text + "\n"})
		if set.Constituency.Web != want || len(set.Faults) != 0 {
			t.Errorf("%s: %+v, faults %v", text, set.Constituency.Web, set.Faults)
		}
	}
	for _, address := range []string{"", "clarion.example.org", "http://clarion.example.org", "https://", "https://a@clarion.example.org", "https://clarion.example.org/u",
		"https://clarion.example.org?", "https://clarion.example.org#u", "https://clärion.example.org", "https://clarion.example.org\n", "https://a b"} {
		if host := playbook.PublicHost(address); host != "" {
			t.Errorf("%q: links begin with %s", address, host)
		}
	}
}
