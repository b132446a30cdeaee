using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Registrations;

/// <content>The proxies between a phone and us (RFC 3327).</content>
public sealed partial class Registrar
{
    private readonly byte[] _path = new byte[SipLimits.Field];

    /// <summary>All values of Path, with commas; used up by the next call. Of a request that <see cref="TryReadPath"/> has passed.</summary>
    internal ReadOnlySpan<byte> ReadPath(SipMessage register)
    {
        _ = TryReadPath(register, out var path);
        return path;
    }

    /// <summary>False: it is longer than a header field may be, so that it can be neither kept nor answered.</summary>
    internal bool TryReadPath(SipMessage register, out ReadOnlySpan<byte> path)
    {
        var writer = new MessageWriter(_path);
        for (var index = register.TryFirst(HeaderId.Path, out var first) ? first : -1; index >= 0; index = register.Next(index))
        {
            writer.Write(writer.Length > 0 ? ", "u8 : default);
            writer.Write(register[register.Fields[index].Value]);
        }

        path = writer.Overflowed ? default : writer.Written;
        return !writer.Overflowed;
    }
}
