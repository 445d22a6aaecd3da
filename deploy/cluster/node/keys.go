package main

import (
	"encoding/pem"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

const privateFile = 0o600

// writeKeys makes what the API server needs: a certificate for itself (server.crt, server.key), the
// authority that signed it (ca.crt), and the key of the service accounts' tokens (accounts.key).
func writeKeys(folder string, addresses []string) error {
	var ips []net.IP
	for _, address := range addresses {
		ips = append(ips, net.ParseIP(address))
	}
	names := []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
	certificate, key, err := cert.GenerateSelfSignedCertKey("focus-cluster", ips, names)
	if err != nil {
		return err
	}
	accounts, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return err
	}
	_, authority := pem.Decode(certificate) // the server's own comes first
	files := map[string][]byte{
		"server.crt": certificate, "server.key": key, "ca.crt": authority, "accounts.key": accounts,
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, privateFile); err != nil {
			return err
		}
	}
	return nil
}
