namespace SipAlg.Protocol.Sdp;

/// <summary>The version in the o= line of a description that the gateway wrote (RFC 8866 §5.2).</summary>
public static class SdpVersion
{
    /// <summary>Where the version's digits stand.</summary>
    /// <param name="written">What <see cref="SdpRewriter"/> or <see cref="SdpAnswer"/> wrote.</param>
    internal static SdpSlice Find(ReadOnlySpan<byte> written)
    {
        var origin = written.IndexOf("o=- "u8) + "o=- "u8.Length;
        var version = origin + written[origin..].IndexOf((byte)' ') + 1;
        return SdpSlice.Between(version, version + written[version..].IndexOf((byte)' '));
    }

    /// <summary>Writes the description with another version, all else as it is.</summary>
    /// <param name="written">What <see cref="SdpRewriter"/> or <see cref="SdpAnswer"/> wrote.</param>
    /// <param name="version">The new version.</param>
    /// <param name="destination">Where to write; must not overlap.</param>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public static int Replace(ReadOnlySpan<byte> written, ulong version, Span<byte> destination)
    {
        var old = Find(written);
        var output = new SdpOutput(default, destination);
        output.Append(written[..old.Offset]);
        output.Append(version);
        output.Append(written[old.End..]);
        return output.Finish();
    }
}
