using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Authentication;

/// <summary>
/// Answers the challenges of a peer and of the proxies before it (RFC 3261 §22.2, §22.3), and sends credentials unasked once it knows
/// their nonces. One for each peer with credentials in each lane; lane-owned.
/// </summary>
/// <param name="credentials">Those of a realm go before those of any.</param>
/// <param name="secrets">The lane's, for cnonces.</param>
public sealed class DigestClient(ImmutableArray<PeerCredentials> credentials, SecretSource secrets)
{
    /// <summary>Realms that may challenge one request: the peer and proxies before it.</summary>
    public const int MaxChallengers = 4;

    /// <summary>Octets of a realm, nonce or opaque that are kept.</summary>
    internal const int MaxTextLength = 1024;

    private readonly Challenger?[] _challengers = new Challenger?[MaxChallengers];
    private ushort _generation;
    private byte _next;

    /// <summary>Writes credentials for all who are known to ask for them. Not for ACK, which repeats those of its INVITE, nor for CANCEL (RFC 3261 §22.1).</summary>
    /// <param name="writer">Within the header fields of the request.</param>
    /// <param name="method">The request's.</param>
    /// <param name="uri">Its Request-URI, as it is written.</param>
    /// <param name="attempt">The request's.</param>
    public void Write(ref MessageWriter writer, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ref ClientAttempt attempt)
    {
        for (var place = 0; place < MaxChallengers; place++)
        {
            _challengers[place]?.Write(ref writer, method, uri);
            attempt.Sent[place] = _challengers[place]?.Generation ?? 0;
        }
    }

    /// <summary>Reads the challenges of a response.</summary>
    /// <param name="response">401 or 407.</param>
    /// <param name="attempt">The request's.</param>
    public ChallengeOutcome Take(SipMessage response, ref ClientAttempt attempt)
    {
        if (++attempt.Rounds > ClientAttempt.MaxRounds)
        {
            return ChallengeOutcome.Refused;
        }

        var round = new Round { Before = attempt };
        Take(response, HeaderId.WwwAuthenticate, HeaderId.Authorization, ref round);
        Take(response, HeaderId.ProxyAuthenticate, HeaderId.ProxyAuthorization, ref round);
        attempt.Asked |= round.Taken;
        return round.IsRefused ? ChallengeOutcome.Refused : round.Taken != 0 ? ChallengeOutcome.Retry : ChallengeOutcome.NotAnswerable;
    }

    /// <summary>Takes the nonce that a 2xx names for the next request (RFC 7616 §3.5).</summary>
    /// <param name="response">To a request that had credentials.</param>
    public void Learn(SipMessage response)
    {
        var parameters = new AuthParameters(response.First(HeaderId.AuthenticationInfo));
        while (parameters.MoveNext())
        {
            if (System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "nextnonce"u8) && parameters.Value.Length is > 0 and <= MaxTextLength &&
                OnlyServer() is { } server && !server.Has(parameters.Value))
            {
                _ = server.TryTake(parameters.Value, secrets.Next(), NextGeneration());
            }
        }
    }

    /// <summary>What one response brought.</summary>
    private struct Round
    {
        public ClientAttempt Before;

        /// <summary>By place: a challenge of it was taken.</summary>
        public byte Taken;
        public bool IsRefused;
    }

    private void Take(SipMessage response, HeaderId from, HeaderId to, ref Round round)
    {
        for (var index = response.TryFirst(from, out var first) ? first : -1; index >= 0; index = response.Next(index))
        {
            foreach (var scheme in new AuthSchemes(response[response.Fields[index].Value]))
            {
                if (DigestCredentials.IsDigest(scheme.Scheme) && DigestChallenge.TryParse(scheme.Parameters, out var challenge) && challenge.IsAnswerable && IsKeepable(challenge))
                {
                    Take(challenge, to, ref round);
                }
            }
        }
    }

    private void Take(in DigestChallenge challenge, HeaderId header, ref Round round)
    {
        if (round.IsRefused)
        {
            return;
        }

        var place = Find(header, challenge.Realm);
        if (place >= 0 && (round.Taken & (1 << place)) != 0)
        {
            // RFC 8760 §2.4: of several for one realm the topmost, unless a local policy says otherwise. Ours is the strongest.
            if (!_challengers[place]!.IsStrong && DigestAlgorithms.IsSha256(challenge.Algorithm))
            {
                Renew(place, challenge);
            }

            return;
        }

        if (place >= 0 && IsRefusal(challenge, place, round.Before))
        {
            round.IsRefused = true;
            _challengers[place] = null;
            return;
        }

        if (place < 0 && CredentialsFor(challenge.Realm) is { } found)
        {
            place = Place(round.Taken);
            if (place >= 0)
            {
                _challengers[place] = new Challenger(header, challenge.Realm, found);
            }
        }

        if (place >= 0 && Renew(place, challenge))
        {
            round.Taken |= (byte)(1 << place);
        }
    }

    /// <summary>
    /// What was sent has been refused, and not for its nonce. Many never say "stale", so credentials that were sent unasked get
    /// another nonce once; those that answered this request's own challenge, or had the very nonce of this one, do not.
    /// </summary>
    private bool IsRefusal(in DigestChallenge challenge, int place, in ClientAttempt before)
    {
        var sent = before.Sent[place];
        return sent != 0 && !challenge.IsStale &&
            ((before.Asked & (1 << place)) != 0 || (sent == _challengers[place]!.Generation && _challengers[place]!.Has(challenge.Nonce)));
    }

    private bool Renew(int place, in DigestChallenge challenge)
    {
        if (_challengers[place]!.TryTake(challenge, secrets.Next(), NextGeneration()))
        {
            return true;
        }

        _challengers[place] = null;
        return false;
    }

    private int Find(HeaderId header, ReadOnlySpan<byte> realm)
    {
        for (var place = 0; place < MaxChallengers; place++)
        {
            if (_challengers[place] is { } known && known.Header == header && realm.SequenceEqual(known.Realm))
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>A free place, else the one that was taken longest ago; −1 when this response has taken all.</summary>
    private int Place(byte taken)
    {
        var free = Array.IndexOf(_challengers, null);
        for (var tries = 0; free < 0 && tries < MaxChallengers; tries++)
        {
            free = (taken & (1 << _next)) == 0 ? _next : -1;
            _next = (byte)((_next + 1) % MaxChallengers);
        }

        return free;
    }

    private PeerCredentials? CredentialsFor(ReadOnlySpan<byte> quoted)
    {
        Span<byte> room = stackalloc byte[MaxTextLength];
        var realm = QuotedText.Plain(quoted, room);
        PeerCredentials? any = null;
        foreach (var candidate in credentials)
        {
            if (candidate.Realm is null)
            {
                any ??= candidate;
            }
            else if (realm.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(candidate.Realm)))
            {
                return candidate;
            }
        }

        return any;
    }

    /// <summary>Authentication-Info does not say whose it is, so it is taken only when there is one who can have meant it.</summary>
    private Challenger? OnlyServer()
    {
        var servers = _challengers.Where(known => known?.Header == HeaderId.Authorization).Take(2).ToArray();
        return servers.Length == 1 ? servers[0] : null;
    }

    private static bool IsKeepable(in DigestChallenge challenge) =>
        challenge.Realm.Length <= MaxTextLength && challenge.Nonce.Length is > 0 and <= MaxTextLength && challenge.Opaque.Length <= MaxTextLength;

    private ushort NextGeneration() => ++_generation == 0 ? ++_generation : _generation;
}
