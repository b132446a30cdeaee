using SipAlg.Media.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>Contexts in short words.</summary>
internal static unsafe class Contexts
{
    private const int Room = 128;

    public static SrtpResult Seal(this SrtpContext context, byte[] packet, out byte[] sealedPacket)
    {
        var (written, octets) = (new byte[packet.Length + Room], packet.Length);
        fixed (byte* from = packet, to = written)
        {
            var result = context.Seal(from, ref octets, to);
            sealedPacket = written[..octets];
            return result;
        }
    }

    public static byte[] Sealed(this SrtpContext context, byte[] packet)
    {
        Assert.Equal(SrtpResult.Done, context.Seal(packet, out var sealedPacket));
        return sealedPacket;
    }

    /// <summary>Opens a copy, and puts it in the place of the packet if that is authentic.</summary>
    public static SrtpResult Open(this SrtpContext context, ref byte[] packet, long now = 0)
    {
        var (opened, scratch, octets) = ((byte[])packet.Clone(), new byte[packet.Length + Room], packet.Length);
        fixed (byte* to = opened, room = scratch)
        {
            var result = context.Open(to, ref octets, room, now);
            packet = result == SrtpResult.Done ? opened[..octets] : packet;
            return result;
        }
    }

    public static SrtpResult Open(this SrtpContext context, byte[] packet, long now = 0) => context.Open(ref packet, now);

    public static SrtpResult SealRtcp(this SrtpContext context, byte[] packet, out byte[] sealedPacket)
    {
        var (written, octets) = (new byte[packet.Length + Room], packet.Length);
        fixed (byte* from = packet, to = written)
        {
            var result = context.SealRtcp(from, ref octets, to);
            sealedPacket = written[..octets];
            return result;
        }
    }

    public static SrtpResult OpenRtcp(this SrtpContext context, ref byte[] packet)
    {
        var (opened, scratch, octets) = ((byte[])packet.Clone(), new byte[packet.Length + Room], packet.Length);
        fixed (byte* to = opened, room = scratch)
        {
            var result = context.OpenRtcp(to, ref octets, room);
            packet = result == SrtpResult.Done ? opened[..octets] : packet;
            return result;
        }
    }
}
