using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>The value of Subscription-State (RFC 6665 §8.2.3), as far as it says how long a subscription lives.</summary>
/// <param name="IsTerminated">There is no subscription any more.</param>
/// <param name="Expires">Seconds that are left of it; −1 where it does not say.</param>
public readonly record struct SubscriptionState(bool IsTerminated, int Expires)
{
    /// <summary>Of what cannot be read nothing is known: the subscription goes on.</summary>
    public static SubscriptionState Read(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        var isTerminated = Ascii.EqualsIgnoreCase(Grammar.Trim(semicolon < 0 ? value : value[..semicolon]), "terminated"u8);
        var expires = semicolon >= 0 && Parameters.TryGet(value[semicolon..], "expires"u8, out var seconds) ? DeltaSeconds.Read(seconds) : -1;
        return new SubscriptionState(isTerminated, expires);
    }
}
