namespace SipAlg.Protocol.Sdp;

/// <summary>
/// Writes a description for the other side of the gateway: every line as it came, but for what names a transport address.
/// </summary>
/// <remarks>
/// <para>Written anew: o= (the user name too, as phones put host names there), c= at both levels, the port of m=, and a=rtcp
/// (RFC 3605: our port, no address, since that of c= then holds). A hold address stays one, in our family (RFC 3264 §8.4).
/// Added where the source left out what RFC 8866 §5 demands: s=-, t=0 0, c=.</para>
/// <para>Left out, as they name addresses or only make sense with them: candidate, remote-candidates, end-of-candidates and all of
/// ice-* (RFC 8839, 8840: media would go past the relay, and credentials without candidates promise checks that nobody answers);
/// x-candidate* and alt (candidates of older phones); altc (RFC 6947); ccap (RFC 7006); source-filter (RFC 4570: our address is the
/// source now); path (RFC 4975, TCP alone); portmapping-req (RFC 6284); multicast-rtcp (RFC 6128); visited-realm and secondary-realm
/// (3GPP TS 29.079: ways around the relay); control (RFC 7826: an RTSP URI with the host, meaningless in offer/answer);
/// cpar, cparmin, cparmax, X-cpar (RFC 3407) and acap (RFC 5939) when they hold one of these; a=rtcp at session level, where
/// RFC 3605 has none; rtcp-mux-only (RFC 8858: it forbids to answer without, and the gateway goes between who multiplexes and who
/// does not); ssrc with a cname of the form user@host (RFC 3550 §6.5.1); further c= lines (layers of a multicast session).</para>
/// <para>Kept: rtcp-mux (unless one side alone multiplexes: <see cref="SdpMux"/>), rtcp-fb, rtcp-xr, rtcp-rsize; crypto, fingerprint, setup, tls-id, key-mgmt (end to end); connection (RFC 4145:
/// "new" or "existing", no address); cdsc (formats, no ports); group and mid; sctp-port (inside DTLS); X-nat (a number);
/// ts-refclk (RFC 7273: the clock of a third party); ssrc with a random cname (RFC 7022; the same name crosses in RTCP, so the two must agree);
/// b=, and s=, u=, e=, p=, i= (contact data meant for the far user), unless the sender is concealed.</para>
/// </remarks>
public static class SdpRewriter
{
    /// <summary>Writes the description to <paramref name="destination"/>, which must not overlap the source's buffer.</summary>
    /// <param name="source">A description without fault.</param>
    /// <param name="origin">Our ids and our address.</param>
    /// <param name="streams">One for each m= line; a stream that is not UDP is refused whatever is said here.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="codecs">Which formats cross, read from this description; null: all of them. A stream that it refuses gets port 0.</param>
    /// <returns>Octets written, or −1 when they do not fit, or would be more lines than a description may have.</returns>
    /// <exception cref="ArgumentException">As many streams as m= lines are needed, and an address.</exception>
    public static int Write(SdpDescription source, in SdpOrigin origin, ReadOnlySpan<SdpStream> streams, Span<byte> destination, SdpCodecFilter? codecs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(streams.Length, source.MediaCount);
        ArgumentOutOfRangeException.ThrowIfEqual(origin.Address.IsNone, true);
        var output = new SdpOutput(source.Buffer, destination);
        WriteSession(source, in origin, ref output);
        for (var i = 0; i < streams.Length; i++)
        {
            WriteMedia(source, i, in origin, in streams[i], codecs is not null && codecs.Touches(i) ? codecs : null, ref output);
        }

        var length = output.Finish();
        return HasTooManyLines(source, length > 0 ? destination[..length] : default) ? -1 : length;
    }

    /// <summary>Lines are added: what could just be read may be too much for a reader with the same bounds at the other side.</summary>
    private static bool HasTooManyLines(SdpDescription source, ReadOnlySpan<byte> written) =>
        source.LineCount > SdpDescription.MaxLines / 2 && written.Count((byte)'\n') > SdpDescription.MaxLines;

    private static void WriteSession(SdpDescription source, in SdpOrigin origin, ref SdpOutput output)
    {
        var section = new SdpSection(origin.Address, source.Connection.IsHold && !origin.IsFirstOffer)
        {
            IsConcealed = origin.IsConcealed,
            LacksConnection = LacksConnection(source),
            LacksTiming = !source.HasTiming,
        };
        foreach (ref readonly var line in source.SessionLines)
        {
            if (line.Type == 'o')
            {
                output.Origin(in origin);
                output.Append(source.HasName ? default : "s=-\r\n"u8);
            }
            else
            {
                section.Write(in line, ref output);
            }
        }

        section.Finish(ref output);
    }

    /// <summary>RFC 8866 §5.7: a c= line for the session or in every media description.</summary>
    private static bool LacksConnection(SdpDescription source)
    {
        for (var i = 0; i < source.MediaCount && source.Connection.Kind == SdpConnectionKind.None; i++)
        {
            if (!source.Media(i).HasOwnConnection)
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteMedia(SdpDescription source, int index, in SdpOrigin origin, in SdpStream stream, SdpCodecFilter? codecs, ref SdpOutput output)
    {
        ref readonly var media = ref source.Media(index);
        var address = stream.AddressOr(origin.Address);
        var isRefused = !media.IsUdp || stream.Port == 0 || (codecs is not null && codecs.IsRefused(index));
        WriteMediaLine(source, index, isRefused ? (ushort)0 : stream.Port, codecs, ref output);

        var isHold = media.HasHoldAddress && !origin.IsFirstOffer;
        var section = new SdpSection(address, isHold, isRefused ? (ushort)0 : stream.RtcpPort)
        {
            IsConcealed = origin.IsConcealed,
            Mux = isRefused ? SdpMux.Keep : stream.Mux == SdpMux.Keep && media.LacksRtcpMux ? SdpMux.Add : stream.Mux,
            LacksConnection = !isRefused && !media.HasOwnConnection && !isHold && address != origin.Address,
        };
        foreach (ref readonly var line in source.MediaLines(index)[1..])
        {
            if (codecs is null || codecs.Keeps(source, index, in line))
            {
                section.Write(in line, ref output);
            }
        }

        section.Finish(ref output);
    }

    private static void WriteMediaLine(SdpDescription source, int index, ushort port, SdpCodecFilter? codecs, ref SdpOutput output)
    {
        ref readonly var media = ref source.Media(index);
        if (codecs is null)
        {
            output.Media(in media, port, source.Bytes(media.Formats));
            return;
        }

        output.BeginMedia(in media, port);
        codecs.WriteFormats(source, index, ref output);
        output.Append("\r\n"u8);
    }
}
