using System.Text.Json;

namespace SipAlg.Calls.Bans;

/// <summary>Why a source is banned; the metric's label.</summary>
public enum BanReason : byte
{
    /// <summary>A message of it bears the mark of a known scanner.</summary>
    Scanner,

    /// <summary>It asks for many users or numbers, or again and again, and never proves to be anybody.</summary>
    Probing,

    /// <summary>It answers challenges wrongly.</summary>
    WrongPasswords,

    /// <summary>What it sends cannot be read.</summary>
    Malformed,

    /// <summary>It asks for numbers that cost, and has not proven to be anybody.</summary>
    PremiumNumbers,
    Count,
}

public static class BanReasons
{
    private static readonly string[] Words = [.. Enum.GetNames<BanReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>In the words of API, log and metrics: snake_case, stable.</summary>
    public static string Text(BanReason reason) => Words[(int)reason];

    public static bool TryParse(string text, out BanReason reason)
    {
        reason = (BanReason)Array.IndexOf(Words, text);
        return reason < BanReason.Count;
    }
}

/// <summary>Why a source that deserved it was not banned; the metric's label.</summary>
public enum BanExemption : byte
{
    /// <summary>It is in <c>bans.allow</c>.</summary>
    Allowed,

    /// <summary>A peer may be there.</summary>
    Peer,

    /// <summary>Phones are registered from there.</summary>
    Registrations,

    /// <summary>A call goes there.</summary>
    Calls,
    Count,
}
