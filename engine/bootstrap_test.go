package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/tmhash"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
)

const (
	chainName = "bulla-0123456789abcdef0123456789abcdef01234567"
	beginning = int64(7) // the snapshot's height
)

// What a node says of one block.
type block struct {
	header     *types.Header
	commit     *types.Commit
	validators *types.ValidatorSet
}

// A chain of three blocks from `beginning` on, as four validators have signed it.
type chain struct {
	keys       []types.MockPV
	validators *types.ValidatorSet
	parameters *types.ConsensusParams
	genesis    *types.GenesisDoc
	blocks     []block
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func stateAfter(height int64) []byte {
	return tmhash.Sum([]byte(fmt.Sprintf("state after %d", height)))
}

func makeChain() *chain {
	made := &chain{parameters: types.DefaultConsensusParams()}
	var validators []*types.Validator
	var listed []types.GenesisValidator
	for number := range 4 {
		key := types.NewMockPVWithParams(ed25519.GenPrivKeyFromSecret([]byte{byte(number)}), false, false)
		made.keys = append(made.keys, key)
		validators = append(validators, types.NewValidator(key.PrivKey.PubKey(), 1))
		listed = append(listed, types.GenesisValidator{
			Address: key.PrivKey.PubKey().Address(), PubKey: key.PrivKey.PubKey(), Power: 1,
		})
	}
	made.validators = types.NewValidatorSet(validators)
	made.genesis = &types.GenesisDoc{
		ChainID: chainName, InitialHeight: 1, GenesisTime: time.Unix(1_700_000_000, 0).UTC(),
		ConsensusParams: made.parameters, Validators: listed,
	}
	last := types.BlockID{Hash: tmhash.Sum([]byte("before")), PartSetHeader: parts("before")}
	for height := beginning; height <= beginning+2; height++ {
		last = made.add(height, last)
	}
	return made
}

func parts(text string) types.PartSetHeader {
	return types.PartSetHeader{Total: 1, Hash: tmhash.Sum([]byte(text))}
}

func (made *chain) add(height int64, last types.BlockID) types.BlockID {
	header := &types.Header{
		Version:            cmtversion.Consensus{Block: version.BlockProtocol, App: 1},
		ChainID:            chainName,
		Height:             height,
		Time:               made.genesis.GenesisTime.Add(time.Duration(height) * time.Second),
		LastBlockID:        last,
		LastCommitHash:     tmhash.Sum([]byte("commit")),
		DataHash:           tmhash.Sum([]byte("data")),
		ValidatorsHash:     made.validators.Hash(),
		NextValidatorsHash: made.validators.Hash(),
		ConsensusHash:      made.parameters.Hash(),
		AppHash:            stateAfter(height - 1),
		LastResultsHash:    tmhash.Sum([]byte("results")),
		EvidenceHash:       tmhash.Sum(nil),
		ProposerAddress:    made.validators.Proposer.Address,
	}
	id := types.BlockID{Hash: header.Hash(), PartSetHeader: parts(fmt.Sprint(height))}
	made.blocks = append(made.blocks, block{header, made.sign(id, header), made.validators})
	return id
}

func (made *chain) sign(id types.BlockID, header *types.Header) *types.Commit {
	signatures := make([]types.CommitSig, made.validators.Size())
	for _, key := range made.keys {
		place, validator := made.validators.GetByAddress(key.PrivKey.PubKey().Address())
		vote := &types.Vote{
			ValidatorAddress: validator.Address, ValidatorIndex: place, Height: header.Height,
			Type: 2, BlockID: id, Timestamp: header.Time,
		}
		signed := vote.ToProto()
		if err := key.SignVote(chainName, signed); err != nil {
			panic(err)
		}
		signatures[place] = types.CommitSig{
			BlockIDFlag: types.BlockIDFlagCommit, ValidatorAddress: validator.Address,
			Timestamp: header.Time, Signature: signed.Signature,
		}
	}
	return &types.Commit{Height: header.Height, BlockID: id, Signatures: signatures}
}

// The file that `bulla network join` writes: answers of the RPC, three a block.
func (made *chain) print() []byte {
	var blocks [][]map[string]json.RawMessage
	for _, each := range made.blocks {
		var answers []map[string]json.RawMessage
		for _, result := range []any{
			coretypes.NewResultCommit(each.header, each.commit, true),
			&coretypes.ResultValidators{
				BlockHeight: each.header.Height, Validators: each.validators.Validators,
				Count: each.validators.Size(), Total: each.validators.Size(),
			},
			&coretypes.ResultConsensusParams{BlockHeight: each.header.Height, ConsensusParams: *made.parameters},
		} {
			answers = append(answers, map[string]json.RawMessage{"result": must(cmtjson.Marshal(result))})
		}
		blocks = append(blocks, answers)
	}
	return must(json.Marshal(blocks))
}

// An engine's directory without stores, and the file beside it.
func makeHome(t *testing.T, genesis *types.GenesisDoc, blocks []byte) (*config.Config, string) {
	t.Helper()
	settings := config.DefaultConfig().SetRoot(t.TempDir())
	for _, directory := range []string{"config", "data"} {
		if err := os.MkdirAll(filepath.Join(settings.RootDir, directory), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := genesis.SaveAs(settings.GenesisFile()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(settings.RootDir, "blocks.json")
	if err := os.WriteFile(file, blocks, 0o600); err != nil {
		t.Fatal(err)
	}
	return settings, file
}

func loadState(t *testing.T, settings *config.Config) state.State {
	t.Helper()
	stores, err := config.DefaultDBProvider(&config.DBContext{ID: "state", Config: settings})
	if err != nil {
		t.Fatal(err)
	}
	defer func(stores dbm.DB) { _ = stores.Close() }(stores)
	return must(state.NewStore(stores, state.StoreOptions{}).Load())
}

func begin(settings *config.Config, file string, made *chain) error {
	header := made.blocks[0].commit.BlockID.Hash
	return bootstrap(settings, file, beginning, hex.EncodeToString(header), hex.EncodeToString(stateAfter(beginning)))
}

func TestBootstrapMakesTheStateAfterTheBlock(t *testing.T) {
	made := makeChain()
	settings, file := makeHome(t, made.genesis, made.print())
	if err := begin(settings, file, made); err != nil {
		t.Fatal(err)
	}
	found := loadState(t, settings)
	if found.LastBlockHeight != beginning || found.ChainID != chainName ||
		!bytes.Equal(found.AppHash, stateAfter(beginning)) ||
		!bytes.Equal(found.NextValidators.Hash(), made.validators.Hash()) {
		t.Fatalf("another state: %+v", found)
	}
	if err := begin(settings, file, made); err == nil {
		t.Fatal("stores that are there were written once more")
	}
}

// Each is what a node could give instead, against a header's hash that is trusted.
func TestBootstrapRefusesWhatTheHeaderDoesNotProve(t *testing.T) {
	lies := map[string]func(made *chain){
		"another header":      func(made *chain) { made.blocks[0].header.AppHash = stateAfter(99) },
		"another state":       func(made *chain) { made.blocks[1].header.AppHash = stateAfter(99) },
		"another state, last": func(made *chain) { made.blocks[2].header.AppHash = stateAfter(99) },
		"a header that nobody signed": func(made *chain) {
			made.blocks[1].header.AppHash = stateAfter(99)
			made.blocks[1].commit.BlockID.Hash = made.blocks[1].header.Hash()
		},
		"another signature": func(made *chain) {
			for place := range made.blocks[1].commit.Signatures {
				made.blocks[1].commit.Signatures[place].Signature[0] ^= 1
			}
		},
		"no signatures": func(made *chain) {
			for place := range made.blocks[1].commit.Signatures {
				made.blocks[1].commit.Signatures[place] = types.NewCommitSigAbsent()
			}
		},
		"other validators": func(made *chain) {
			key := ed25519.GenPrivKeyFromSecret([]byte("another")).PubKey()
			made.blocks[1].validators = types.NewValidatorSet([]*types.Validator{types.NewValidator(key, 1)})
		},
		"other parameters": func(made *chain) { made.parameters.Block.MaxBytes /= 2 },
		"a block less":     func(made *chain) { made.blocks = made.blocks[:2] },
		"blocks exchanged": func(made *chain) { made.blocks[1], made.blocks[2] = made.blocks[2], made.blocks[1] },
		"another chain":    func(made *chain) { made.genesis.ChainID = "bulla-" + strings.Repeat("0", 40) },
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			made := makeChain()
			trusted := makeChain()
			lie(made)
			settings, file := makeHome(t, made.genesis, made.print())
			if begin(settings, file, trusted) == nil {
				t.Fatal("accepted")
			}
			if !loadState(t, settings).IsEmpty() {
				t.Fatal("a state was written all the same")
			}
		})
	}
}

func TestBootstrapRefusesAnotherHashThanTheHeadersSay(t *testing.T) {
	made := makeChain()
	header := hex.EncodeToString(made.blocks[0].commit.BlockID.Hash)
	good := hex.EncodeToString(stateAfter(beginning))
	for name, each := range map[string][2]string{
		"of the header":             {good, good},
		"of the state":              {header, header},
		"of the state, no hex":      {header, "state"},
		"of the header, too short":  {header[2:], good},
		"of the state, from before": {header, hex.EncodeToString(stateAfter(beginning - 1))},
	} {
		t.Run(name, func(t *testing.T) {
			settings, file := makeHome(t, made.genesis, made.print())
			if bootstrap(settings, file, beginning, each[0], each[1]) == nil {
				t.Fatal("accepted")
			}
		})
	}
}

func TestFilesThatHoldNoAnswersAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"no list":               "{}",
		"a block without one":   `[[{"result":1},{"result":2}]]`,
		"a block with too many": `[[{"result":1},{"result":2},{"result":3},{"result":4}]]`,
		"cut off":               `[[{"result":1},{"result":2},{"resu`,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "blocks.json")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := readAnswers(file, beginning); err == nil {
				t.Fatal("read")
			}
		})
	}
	if _, err := readAnswers(filepath.Join(t.TempDir(), "none"), beginning); err == nil {
		t.Fatal("a file that is not there was read")
	}
}

func TestAnswersAreGivenAsTheRpcGivesThem(t *testing.T) {
	known := answers{nameOf("commit", 7): json.RawMessage(`{"a":1}`)}
	for call, want := range map[string]string{
		`{"id":1,"method":"commit","params":{"height":"7"}}`:     `"result":{"a":1}`,
		`{"id":1,"method":"commit","params":{"height":"8"}}`:     `"error"`,
		`{"id":1,"method":"validators","params":{"height":"7"}}`: `"error"`,
		`{"id":1,"method":"commit","params":{"height":"last"}}`:  `"error"`,
		`{"id":1,"method":"commit"}`:                             `"error"`,
	} {
		response := httptest.NewRecorder()
		known.ServeHTTP(response, httptest.NewRequest("POST", "/", strings.NewReader(call)))
		if response.Code != 200 || !strings.Contains(response.Body.String(), want) ||
			!strings.Contains(response.Body.String(), `"id":1`) {
			t.Errorf("%s: %d %s", call, response.Code, response.Body)
		}
	}
	response := httptest.NewRecorder()
	known.ServeHTTP(response, httptest.NewRequest("POST", "/", strings.NewReader("no call")))
	if response.Code != 400 {
		t.Errorf("no call: %d", response.Code)
	}
}
