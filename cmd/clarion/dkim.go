package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type mailDKIMCmd struct{}

func (*mailDKIMCmd) Help() string {
	return "Most providers sign what is sent through them, and nothing needs to be done. Where yours does not, name a key in constituency.yaml, under mail:\n\n  dkim: {selector: clarion, key_file: dkim.key}\n\nThis command makes the key if it is not there, and says what the owner of your domain must publish.\n\n" +
		examples(`clarion mail dkim`, `clarion mail dkim --json`)
}

// Run makes the key, once, and says what is to be published.
func (*mailDKIMCmd) Run(s *session) error {
	folder, set, err := s.settings()
	if err != nil {
		return err
	}
	d := set.Constituency.Mail.DKIM
	if d == nil {
		return errors.New("constituency.yaml names no key to sign letters with. If your provider does not sign them, write under mail: dkim: {selector: clarion, key_file: dkim.key}")
	}
	made, err := makeKey(within(folder, d.KeyFile))
	if err != nil {
		return err
	}
	signer, err := signer(folder, d)
	if err != nil {
		return err
	}
	name, text := signer.Record()
	if s.JSON {
		return s.out.json(object{"made": made, "name": name, "type": "TXT", "text": text})
	}
	if made {
		s.out.note("", "A key was made in %s. It is yours alone; keep a copy in a safe place.", dataset.Plain(d.KeyFile))
	}
	s.out.say("Letters are signed as %s's. For that to be believed, its owner publishes this TXT record:\n\n%s\n%s", d.Domain, name, text)
	return nil
}

// makeKey makes a key where there is none. RSA, because not all receivers look at
// the other kind.
func makeKey(file string) (made bool, err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("making the key: %w", err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	var der []byte
	if err == nil {
		der, err = x509.MarshalPKCS8PrivateKey(key)
	}
	if err == nil {
		err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(file)
		return false, fmt.Errorf("making the key: %w", err)
	}
	return true, nil
}

// signer reads the key that letters are signed with, which nobody else may read;
// nil where none is named.
func signer(folder string, d *playbook.DKIM) (*mail.Signer, error) {
	if d == nil {
		return nil, nil
	}
	info, err := os.Stat(within(folder, d.KeyFile))
	switch name := dataset.Plain(d.KeyFile); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the key that letters are signed with, %s, is not there: clarion mail dkim makes one", name)
	case err != nil:
		return nil, fmt.Errorf("reading the key that letters are signed with: %w", err)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return nil, fmt.Errorf("others on this computer can read the key that letters are signed with. Make it yours alone: chmod 600 %s", shell(name))
	}
	key, err := os.ReadFile(within(folder, d.KeyFile))
	if err != nil {
		return nil, fmt.Errorf("reading the key that letters are signed with: %w", err)
	}
	made, err := mail.NewSigner(d.Domain, d.Selector, key)
	if err != nil {
		return nil, fmt.Errorf("the file %s: %w", dataset.Plain(d.KeyFile), err)
	}
	return made, nil
}

// noKey warns of a key that letters cannot be signed with.
func noKey(folder string, set *playbook.Set) []playbook.Fault {
	if set.Constituency == nil {
		return nil
	}
	if _, err := signer(folder, set.Constituency.Mail.DKIM); err != nil {
		return []playbook.Fault{{File: "constituency.yaml", Text: err.Error()}}
	}
	return nil
}
