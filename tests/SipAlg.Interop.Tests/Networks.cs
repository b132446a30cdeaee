using SipAlg.Testing.Network;

namespace SipAlg.Interop.Tests;

/// <summary>
/// The two networks between which the gateway stands, in a part of loopback that is this run's own: whoever else tests on the
/// machine at the same time is neither met nor captured.
/// </summary>
internal static class Networks
{
    // 127.0 is where everything else on a machine lives.
    private static readonly Claim Part = Enumerable.Range(1, 250).Select(part => Claim.TryTake($"127.{part}")).First(claim => claim is not null)!;

    /// <summary>How each address of the callers' network begins.</summary>
    public static readonly string OutsidePrefix = $"{Part.Name}.1.";

    /// <summary>How each address of the callees' network begins.</summary>
    public static readonly string InsidePrefix = $"{Part.Name}.2.";

    public static string Outside(int host) => $"{OutsidePrefix}{host}";

    public static string Inside(int host) => $"{InsidePrefix}{host}";
}
