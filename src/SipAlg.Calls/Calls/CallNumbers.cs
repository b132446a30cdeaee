using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <summary>Finds who calls whom in an INVITE, as the caller's peer is configured.</summary>
internal static class CallNumbers
{
    private static readonly ImmutableArray<CallerSource> FromOnly = [CallerSource.From];

    /// <summary>The called number, unescaped UTF-8; returns its length.</summary>
    public static int Called(SipMessage invite, PeerState? peer, Span<byte> destination)
    {
        var text = (peer?.Peer.CalledFrom ?? CalledSource.RequestUri) switch
        {
            CalledSource.To => UriOf(invite.First(HeaderId.To)),
            CalledSource.CalledPartyId => UriOf(invite.First(HeaderId.CalledPartyId)),
            CalledSource.BehindContact when IsToContact(invite, peer!) => BehindContact(invite, peer!),
            _ => default,
        };
        return SipUri.TryParse(text.IsEmpty ? invite[invite.RequestUri] : text, out var uri) ? uri.CopyUser(destination) : 0;
    }

    /// <summary>The Request-URI names the contact that the gateway has registered with this peer, and so nobody who is called.</summary>
    public static bool IsToContact(SipMessage request, PeerState peer) => SipUri.TryParse(request[request.RequestUri], out var uri) && peer.IsContact(uri);

    /// <summary>Who was called before the contact took the place of that (RFC 7315 §4.2; RFC 3261 §16.5 leaves To as it was).</summary>
    private static ReadOnlySpan<byte> BehindContact(SipMessage request, PeerState peer)
    {
        var party = UriOf(request.First(HeaderId.CalledPartyId));
        party = party.IsEmpty ? UriOf(request.First(HeaderId.To)) : party;
        return SipUri.TryParse(party, out var uri) && !uri.User.IsEmpty && !peer.IsContact(uri) ? party : Encoding.UTF8.GetBytes(peer.Peer.Register!.Aor.ToString());
    }

    /// <summary>
    /// The caller's number, unescaped UTF-8, from the first of the peer's sources that has one; returns its length. What a peer
    /// asserts that is not trusted is not looked at (RFC 3325 §5): then it is From that counts.
    /// </summary>
    public static int Caller(SipMessage invite, in Sender sender, Span<byte> destination)
    {
        var (peer, isTrusted) = (sender.Peer?.Peer, sender.IsTrusted);
        if (sender is { IsForced: true, User: { } user })
        {
            return OwnNumber(invite, user, destination);
        }

        var length = Caller(invite, peer?.CallerIn ?? FromOnly, isTrusted, destination);
        return length > 0 || isTrusted ? length : Caller(invite, FromOnly, isTrusted, destination);
    }

    private static int OwnNumber(SipMessage invite, User user, Span<byte> destination) =>
        Own(user, destination, Caller(invite, FromOnly, isTrusted: false, destination));

    /// <summary>A user's own number: the one that is written if it is his, else his first, else his name. Returns its length.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="number">Room, with what he or somebody else says at its beginning.</param>
    /// <param name="length">Of that.</param>
    public static int Own(User user, Span<byte> number, int length) =>
        user.HasNumber(Encoding.UTF8.GetString(number[..length])) ? length : Encoding.UTF8.GetBytes(user.FirstNumber ?? user.Name, number);

    private static int Caller(SipMessage invite, ImmutableArray<CallerSource> sources, bool isTrusted, Span<byte> destination)
    {
        foreach (var source in sources)
        {
            if (!isTrusted && source is CallerSource.AssertedIdentity or CallerSource.RemotePartyId)
            {
                continue;
            }

            var value = invite.First(source switch
            {
                CallerSource.AssertedIdentity => HeaderId.AssertedIdentity,
                CallerSource.PreferredIdentity => HeaderId.PreferredIdentity,
                CallerSource.RemotePartyId => HeaderId.RemotePartyId,
                _ => HeaderId.From,
            });
            var list = new ValueList(value);
            if (list.MoveNext() && SipUri.TryParse(UriOf(list.Current), out var uri) && !uri.User.IsEmpty)
            {
                return uri.CopyUser(destination);
            }
        }

        return 0;
    }

    private static ReadOnlySpan<byte> UriOf(ReadOnlySpan<byte> value) => NameAddress.TryParse(value, out var address) ? address.Uri : default;
}
