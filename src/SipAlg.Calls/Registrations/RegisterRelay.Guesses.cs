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

    private GuessLimiter Guesses => _lane.Authenticator.Guesses;

    /// <summary>What a REGISTER proves itself by, before its registrar is asked.</summary>
    private RelayedProof ProofOf(SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<byte> aor)
    {
        var (count, user) = (0, 0UL);
        ReadUsers(register, HeaderId.Authorization, ref count, ref user);
        ReadUsers(register, HeaderId.ProxyAuthorization, ref count, ref user);
        if (count == 0)
        {
            return default;
        }

        Span<byte> name = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(name, user);
        BinaryPrimitives.WriteUInt64LittleEndian(name[sizeof(ulong)..], (ulong)settings.Registrar.Index + 1);
        var keys = Guesses.KeysOf(flow.Remote.Address, name);
        if (user == 0)
        {
            // Those who name nobody have only their source in common.
            keys = keys with { Second = keys.First };
        }

        if (user != 0 && HasBinding(realm, aor, flow, user))
        {
            return new RelayedProof(true, user, keys) { IsKnown = true };
        }

        var isHeld = Guesses.IsHeld(keys, _lane.Lane.Now);
        if (isHeld)
        {
            _lane.Authenticator.Count(realm.Index, AuthenticationOutcome.Held);
        }

        return new RelayedProof(true, user, keys) { IsHeld = isHeld };
    }

    /// <summary>Whoever names several users is taken for none of them.</summary>
    private void ReadUsers(SipMessage register, HeaderId header, ref int count, ref ulong user)
    {
        Span<byte> room = stackalloc byte[MaxUsername];
        for (var index = register.TryFirst(header, out var first) ? first : -1; index >= 0; index = register.Next(index))
        {
            var schemes = new AuthSchemes(register[register.Fields[index].Value]);
            var isRead = false;
            foreach (var scheme in schemes)
            {
                isRead = true;
                var named = DigestCredentials.IsDigest(scheme.Scheme) && DigestCredentials.TryParse(scheme.Parameters, out var credentials)
                    ? UserOf(QuotedText.Plain(credentials.Username, room))
                    : 0;
                user = count++ == 0 || user == named ? named : 0;
            }

            if (!isRead)
            {
                (count, user) = (count + 1, 0);
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
        if (proof.IsHeld || OutcomeOf(proof, response) is not { } outcome)
        {
            return;
        }

        _lane.Authenticator.Count(realm.Index, outcome);
        if (outcome == AuthenticationOutcome.Accepted)
        {
            Guesses.Succeeded(proof.Keys);
            Learn(proof, flow, realm, aor);
        }
        else if (outcome == AuthenticationOutcome.Wrong && !proof.IsKnown)
        {
            Guesses.Failed(proof.Keys, _lane.Lane.Now);
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
