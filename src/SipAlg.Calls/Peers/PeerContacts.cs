using System.Security.Cryptography;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Peers;

/// <summary>
/// Whose call comes to a contact that the gateway has registered. Who knows a contact that was made so that nobody guesses it has it
/// from the registrar, and is the peer, wherever it sends from; one that the configuration names proves nothing, so its source must be
/// the peer's too.
/// </summary>
public sealed class PeerContacts(IEnumerable<PeerState> peers)
{
    private readonly PeerState[] _registering = [.. peers.Where(peer => peer.ContactUser.Length > 0)];

    /// <param name="realm">In which the request arrived.</param>
    /// <param name="uri">Its Request-URI.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="sources">Who a source may be.</param>
    public PeerState? Find(int realm, in SipUri uri, IpAddress source, PeerTable sources)
    {
        if (_registering.Length == 0 || uri.User.IsEmpty)
        {
            return null;
        }

        foreach (var peer in _registering)
        {
            if (peer.Peer.Realm == realm && peer.IsContact(uri) && (peer.HasSecretContact || sources.MayBe(peer.Peer, realm, source)))
            {
                return peer;
            }
        }

        return null;
    }

    /// <summary>Whether it is one of those that nobody guesses, in any realm.</summary>
    internal bool IsSecret(in SipUri uri)
    {
        foreach (var peer in _registering)
        {
            if (peer.HasSecretContact && peer.IsContact(uri))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>In a time that does not tell how much of it is right.</summary>
    internal static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(one, other);
}
