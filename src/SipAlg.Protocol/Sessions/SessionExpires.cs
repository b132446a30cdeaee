using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Sessions;

/// <summary>Who refreshes a session: of one transaction, its client or its server.</summary>
public enum SessionRefresher : byte
{
    /// <summary>Not said: the server chooses.</summary>
    None,
    Uac,
    Uas,
}

/// <summary>The value of Session-Expires (RFC 4028 §4).</summary>
/// <param name="Seconds">The session interval; what is too long for 32 bits is the longest.</param>
/// <param name="Refresher">Who refreshes.</param>
public readonly record struct SessionExpires(uint Seconds, SessionRefresher Refresher)
{
    /// <summary>RFC 4028 §5: no interval may be shorter, and Min-SE means this when it is not there. Seconds.</summary>
    public const uint Least = 90;

    public static bool TryParse(ReadOnlySpan<byte> value, out SessionExpires expires)
    {
        expires = default;
        var semicolon = value.IndexOf((byte)';');
        if (!TrySeconds(semicolon < 0 ? value : value[..semicolon], out var seconds))
        {
            return false;
        }

        var refresher = SessionRefresher.None;
        if (semicolon >= 0 && Parameters.TryGet(value[semicolon..], "refresher"u8, out var name))
        {
            refresher = Ascii.EqualsIgnoreCase(name, "uac"u8) ? SessionRefresher.Uac : Ascii.EqualsIgnoreCase(name, "uas"u8) ? SessionRefresher.Uas : SessionRefresher.None;
        }

        expires = new SessionExpires(seconds, refresher);
        return true;
    }

    /// <summary>The value of Min-SE (RFC 4028 §5), in seconds; 0 where it is not there or cannot be read.</summary>
    public static uint ParseLeast(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return TrySeconds(semicolon < 0 ? value : value[..semicolon], out var seconds) ? seconds : 0;
    }

    /// <summary>delta-seconds (RFC 3261 §25.1), which may be any number of digits.</summary>
    private static bool TrySeconds(ReadOnlySpan<byte> text, out uint seconds)
    {
        ulong number = 0;
        var digits = Grammar.Trim(text);
        foreach (var octet in digits)
        {
            if (octet is < (byte)'0' or > (byte)'9')
            {
                seconds = 0;
                return false;
            }

            number = Math.Min((number * 10) + octet - '0', uint.MaxValue);
        }

        seconds = (uint)number;
        return digits.Length > 0;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.Write("Session-Expires: "u8);
        writer.Write(Seconds);
        if (Refresher != SessionRefresher.None)
        {
            writer.Write(Refresher == SessionRefresher.Uac ? ";refresher=uac"u8 : ";refresher=uas"u8);
        }

        writer.EndLine();
    }
}
