using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Protocol.Addresses;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Media.Sharing;

/// <summary>Key of the map of local addresses, by which their ports are found.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SteeredAddress
{
    /// <summary>AF_INET or AF_INET6.</summary>
    public uint Family;

    /// <summary>In network order; behind an IPv4 address zeros.</summary>
    public fixed byte Octets[16];

    public static SteeredAddress Of(IpAddress address)
    {
        SteeredAddress key = default;
        key.Family = address.IsV4 ? SocketConstants.AfInet : (uint)SocketConstants.AfInet6;
        address.WriteOctets(new Span<byte>(key.Octets, 16));
        return key;
    }
}

/// <summary>
/// Writes the program that leads datagrams to shared sockets. It is called after a connected socket was looked for and before bound ones are, and
/// passes on what goes to no port of ours: then the kernel looks on, and says "port unreachable" where it finds nothing.
/// </summary>
internal static class SteeringProgram
{
    private const int Pass = 1;

    /// <summary>Of struct bpf_sk_lookup: what is ours is local.</summary>
    private const int ContextFamily = 8;
    private const int ContextProtocol = 12;
    private const int ContextAddressV4 = 40;
    private const int ContextAddressV6 = 44;
    private const int ContextPort = 60;

    /// <summary>Of the stack, from its end.</summary>
    private const int Key = -24;
    private const int Place = -4;

    /// <param name="addresses">Descriptor of the map from <see cref="SteeredAddress"/> to the number of the address.</param>
    /// <param name="ports">Of the array with, for each address, the number of the socket of each port.</param>
    /// <param name="sockets">Of the array of sockets, which are numbered from 1.</param>
    public static ulong[] Write(int addresses, int ports, int sockets)
    {
        var (code, v6, keyed, pass) = (new BpfAssembler(), new BpfLabel("IPv6"), new BpfLabel("keyed"), new BpfLabel("pass"));
        code.Move(R6, R1).Read(Octets4, R2, R6[ContextProtocol]).JumpIf(R2, NotEqual, SocketConstants.IpProtoUdp, pass)
            .Read(Octets4, R2, R6[ContextFamily]).Write(Octets4, R10[Key], R2).JumpIf(R2, NotEqual, SocketConstants.AfInet, v6)
            .Read(Octets4, R2, R6[ContextAddressV4]).Write(Octets4, R10[Key + 4], R2);
        for (var at = 8; at < 20; at += 4)
        {
            code.Write(Octets4, R10[Key + at], 0);
        }

        code.Jump(keyed).Place(v6);
        for (var at = 0; at < 16; at += 4)
        {
            code.Read(Octets4, R2, R6[ContextAddressV6 + at]).Write(Octets4, R10[Key + 4 + at], R2);
        }

        code.Place(keyed).LoadMap(R1, addresses).Move(R2, R10).Do(Add, R2, Key).Call(BpfFunction.MapLookup).JumpIf(R0, Equal, 0, pass)
            .Read(Octets4, R1, R0[0]).Write(Octets4, R10[Place], R1);
        Find(code, ports, pass);
        code.Read(Octets4, R1, R6[ContextPort]).Do(And, R1, 0xFFFF).Do(ShiftLeft, R1, 1).Do(Add, R0, R1)
            .Read(Octets2, R1, R0[0]).JumpIf(R1, Equal, 0, pass).Do(Subtract, R1, 1).Write(Octets4, R10[Place], R1);
        Find(code, sockets, pass);
        return code.Move(R7, R0).Move(R1, R6).Move(R2, R0).Move(R3, 0).Call(BpfFunction.AssignSocket)
            .Move(R1, R7).Call(BpfFunction.ReleaseSocket)
            .Place(pass).Move(R0, Pass).Exit().Assemble();
    }

    private static void Find(BpfAssembler code, int array, BpfLabel pass) =>
        code.LoadMap(R1, array).Move(R2, R10).Do(Add, R2, Place).Call(BpfFunction.MapLookup).JumpIf(R0, Equal, 0, pass);
}
