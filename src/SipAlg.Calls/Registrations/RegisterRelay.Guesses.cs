using System.Buffers.Binary;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <content>
/// Guesses at passwords that the gateway does not know: what the registrar refuses is counted as a wrong password is here, by source and
/// by user, and who has guessed too often is not asked about for a while (<see cref="GuessLimiter"/>).
/// </content>
internal sealed partial class RegisterRelay
{
    /// <summary>No user's name is as long.</summary>
    private const int MaxUsername = 512;

    private readonly PassedChallenges _challenges;

    private GuessLimiter Guesses => _lane.Authenticator.Guesses;

    /// <summary>The Digest credentials of a REGISTER, as far as they are looked at here.</summary>
    private struct NamedUser
    {
        public int Credentials;

        /// <summary>A hash of the user that all of them name; 0: they name several.</summary>
        public ulong User;

        /// <summary>One of them cannot be read, so nobody here knows what the registrar would read in it.</summary>
        public bool IsUnclear;

        /// <summary>One of them answers no challenge that went to this address.</summary>
        public bool IsUnasked;
    }

    /// <summary>What a REGISTER proves itself by, before its registrar is asked.</summary>
    private RelayedProof ProofOf(SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<byte> aor)
    {
        var named = default(NamedUser);
        Read(register, HeaderId.Authorization, flow, ref named);
        Read(register, HeaderId.ProxyAuthorization, flow, ref named);
        if (named.Credentials == 0)
        {
            return default;
        }

        var proof = new RelayedProof(true, named.User, KeysOf(flow, settings, named.User));
        if (!named.IsUnclear && named.User != 0 && HasBinding(realm, aor, flow, named.User))
        {
            return proof with { IsKnown = true };
        }

        if (named.IsUnclear || named.IsUnasked)
        {
            // As of a nonce of our own that is unknown: no failure, since the password is not looked at.
            _lane.Authenticator.Count(realm.Index, AuthenticationOutcome.Stale);
            return proof with { IsWithheld = true };
        }

        var isHeld = Guesses.IsHeld(proof.Keys, _lane.Lane.Now);
        if (isHeld)
        {
            _lane.Authenticator.Count(realm.Index, AuthenticationOutcome.Held);
            _lane.Bans.OnUnproven(flow, AuthenticationOutcome.Held, named.User | 1);
        }

        return proof with { IsWithheld = isHeld };
    }

    /// <summary>A user of one registrar is not that of another; those who name several have only their source in common.</summary>
    private GuessKeys KeysOf(in Flow flow, RelaySettings settings, ulong user)
    {
        Span<byte> name = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(name, user);
        BinaryPrimitives.WriteUInt64LittleEndian(name[sizeof(ulong)..], (ulong)settings.Registrar.Index + 1);
        var keys = Guesses.KeysOf(flow.Remote.Address, name);
        return user == 0 ? keys with { Second = keys.First } : keys;
    }

    private void Read(SipMessage register, HeaderId header, in Flow flow, ref NamedUser named)
    {
        Span<byte> room = stackalloc byte[MaxUsername];
        for (var index = register.TryFirst(header, out var first) ? first : -1; index >= 0; index = register.Next(index))
        {
            foreach (var scheme in new AuthSchemes(register[register.Fields[index].Value]))
            {
                if (!DigestCredentials.IsDigest(scheme.Scheme))
                {
                    // A token (RFC 8898) is nothing to guess.
                    continue;
                }

                named.Credentials++;
                if (!DigestCredentials.TryParse(scheme.Parameters, out var credentials))
                {
                    named.IsUnclear = true;
                    continue;
                }

                var user = UserOf(QuotedText.Plain(credentials.Username, room));
                named.User = named.Credentials == 1 || named.User == user ? user : 0;
                named.IsUnasked |= !_challenges.Has(credentials.Nonce, flow.Remote.Address);
            }
        }
    }

    /// <summary>By its name without the domain, which some phones write and others do not; never 0.</summary>
    private ulong UserOf(ReadOnlySpan<byte> name) => _tokens.Of(name.LastIndexOf((byte)'@') is >= 0 and var at ? name[..at] : name) | 1;

    private bool HasBinding(Realm realm, ReadOnlySpan<byte> aor, in Flow flow, ulong user)
    {
        var source = PhoneSource.Of(realm.Index, flow);
        for (var slot = Bindings.First(realm.Index, aor); slot >= 0; slot = Bindings.Next(slot, realm.Index, aor))
        {
            if (Bindings.State(slot).Source == source && Bindings.State(slot).User == user)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The registrar has said what it thinks of the proof; of one that it never got it said nothing.</summary>
    private void Judge(in RelayedProof proof, in Flow flow, Realm realm, ReadOnlySpan<byte> aor, SipMessage response)
    {
        _challenges.Note(response, flow.Remote.Address);
        if (proof.IsWithheld || OutcomeOf(proof, response) is not { } outcome)
        {
            return;
        }

        _lane.Authenticator.Count(realm.Index, outcome);
        if (outcome == AuthenticationOutcome.Accepted)
        {
            Guesses.Succeeded(proof.Keys);
            _lane.Bans.OnProven(flow);
            Learn(proof, flow, realm, aor);
        }
        else if (outcome == AuthenticationOutcome.Wrong && !proof.IsKnown)
        {
            Guesses.Failed(proof.Keys, _lane.Lane.Now);
            _lane.Bans.OnUnproven(flow, outcome, proof.User | 1);
        }
    }

    /// <summary>RFC 7616 §3.3: where the nonce was too old nobody has guessed. 403 is what some registrars say to a wrong password.</summary>
    private static AuthenticationOutcome? OutcomeOf(in RelayedProof proof, SipMessage response) => response.Status switch
    {
        < 300 => proof.IsGiven ? AuthenticationOutcome.Accepted : null,
        401 or 407 when !proof.IsGiven => AuthenticationOutcome.Missing,
        401 or 407 when IsStale(response, HeaderId.WwwAuthenticate) || IsStale(response, HeaderId.ProxyAuthenticate) => AuthenticationOutcome.Stale,
        401 or 403 or 407 when proof.IsGiven => AuthenticationOutcome.Wrong,
        _ => null,
    };

    private static bool IsStale(SipMessage response, HeaderId header)
    {
        for (var index = response.TryFirst(header, out var first) ? first : -1; index >= 0; index = response.Next(index))
        {
            foreach (var scheme in new AuthSchemes(response[response.Fields[index].Value]))
            {
                if (DigestCredentials.IsDigest(scheme.Scheme) && DigestChallenge.TryParse(scheme.Parameters, out var challenge) && challenge.IsStale)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>From now on the source is known by this user's name.</summary>
    private void Learn(in RelayedProof proof, in Flow flow, Realm realm, ReadOnlySpan<byte> aor)
    {
        var source = PhoneSource.Of(realm.Index, flow);
        for (var slot = Bindings.First(realm.Index, aor); proof.User != 0 && slot >= 0; slot = Bindings.Next(slot, realm.Index, aor))
        {
            if (Bindings.State(slot).Source == source)
            {
                Bindings.State(slot).User = proof.User;
            }
        }
    }
}
