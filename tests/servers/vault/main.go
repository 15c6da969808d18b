// A Vault for the tests: the real core with the engines and sign-ins that credcheck uses, in memory,
// on a port of its own. It prints its address, root token and unseal key as one line of JSON.
//
//	vault-dev [-tls-cert FILE -tls-key FILE [-client-ca FILE]]
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"

	log "github.com/hashicorp/go-hclog"
	jwt "github.com/hashicorp/vault-plugin-auth-jwt"
	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	awsauth "github.com/hashicorp/vault/builtin/credential/aws"
	"github.com/hashicorp/vault/builtin/credential/userpass"
	"github.com/hashicorp/vault/command/server"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

var (
	secretEngines = map[string]logical.Factory{"kv": kv.Factory}
	authMethods   = map[string]logical.Factory{
		"approle":    approle.Factory,
		"aws":        awsauth.Factory,
		"jwt":        jwt.Factory,
		"kubernetes": kubernetes.Factory,
		"userpass":   userpass.Factory,
	}
)

func main() {
	cert := flag.String("tls-cert", "", "serve TLS with this certificate")
	key := flag.String("tls-key", "", "the key of the certificate")
	clientCA := flag.String("client-ca", "", "demand a client certificate of this authority")
	flag.Parse()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	address := "http://" + listener.Addr().String()
	if *cert != "" {
		listener = tls.NewListener(listener, tlsConfig(*cert, *key, *clientCA))
		address = "https://" + listener.Addr().String()
	}

	logger := log.New(&log.LoggerOptions{Level: log.Error, Output: os.Stderr})
	storage, err := inmem.NewInmem(nil, logger)
	check(err)
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           storage,
		Logger:             logger,
		BuiltinRegistry:    registry{}, // without one, sys/mounts panics
		DisableMlock:       true,
		RedirectAddr:       address,
		RawConfig:          &server.Config{SharedConfig: &configutil.SharedConfig{}},
		LogicalBackends:    secretEngines,
		CredentialBackends: authMethods,
	})
	check(err)
	seal := &vault.SealConfig{SecretShares: 1, SecretThreshold: 1}
	made, err := core.Initialize(context.Background(), &vault.InitParams{BarrierConfig: seal})
	check(err)
	_, err = core.Unseal(made.SecretShares[0])
	check(err)

	line, err := json.Marshal(map[string]string{
		"address":    address,
		"root_token": made.RootToken,
		"unseal_key": hex.EncodeToString(made.SecretShares[0]),
	})
	check(err)
	fmt.Println(string(line))
	check(http.Serve(listener, vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core:           core,
		ListenerConfig: &configutil.Listener{},
	})))
}

func tlsConfig(cert, key, clientCA string) *tls.Config {
	pair, err := tls.LoadX509KeyPair(cert, key)
	check(err)
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if clientCA != "" {
		text, err := os.ReadFile(clientCA)
		check(err)
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(text) {
			check(errors.New("no certificate in " + clientCA))
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// registry tells Vault which plugins are built in.
type registry struct{}

func (registry) Contains(name string, kind consts.PluginType) bool {
	for _, known := range (registry{}).Keys(kind) {
		if known == name {
			return true
		}
	}
	return false
}

func (registry) Get(string, consts.PluginType) (func() (interface{}, error), bool) {
	return nil, false
}

func (registry) Keys(kind consts.PluginType) []string {
	switch kind {
	case consts.PluginTypeSecrets:
		return names(secretEngines)
	case consts.PluginTypeCredential:
		return names(authMethods)
	}
	return nil
}

func (registry) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, true
}

func (registry) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func names(factories map[string]logical.Factory) []string {
	var found []string
	for name := range factories {
		found = append(found, name)
	}
	return found
}
