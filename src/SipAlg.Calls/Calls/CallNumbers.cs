using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <summary>Finds who calls whom in an INVITE, as the caller's peer is configured.</summary>
internal static class CallNumbers
{
    private static readonly ImmutableArray<CallerSource> FromOnly = [CallerSource.From];

    /// <summary>The called number, unescaped UTF-8; returns its length.</summary>
    public static int Called(SipMessage invite, Peer? peer, Span<byte> destination)
    {
        var text = (peer?.CalledFrom ?? CalledSource.RequestUri) switch
        {
            CalledSource.To => UriOf(invite.First(HeaderId.To)),
            CalledSource.CalledPartyId => UriOf(invite.First(HeaderId.CalledPartyId)),
            _ => default,
        };
        return SipUri.TryParse(text.IsEmpty ? invite[invite.RequestUri] : text, out var uri) ? uri.CopyUser(destination) : 0;
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
