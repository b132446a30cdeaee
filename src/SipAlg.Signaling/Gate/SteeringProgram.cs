using System.Buffers.Binary;
using SipAlg.Linux.Bpf;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// Writes the program that chooses the socket of a datagram among those that share a listener's address: of each lane one for peers and sources that
/// are known, and one for strangers. Whatever goes wrong, the datagram is a stranger's.
/// </summary>
internal static class SteeringProgram
{
    private const int Pass = 1;
    private const int FromNetworkHeader = 1;

    /// <summary>Of struct sk_reuseport_md.</summary>
    private const int ContextProtocol = 20;
    private const int ContextHash = 32;

    /// <summary>Of the IP headers.</summary>
    private const int SourceV4 = 12;
    private const int SourceV6 = 8;

    /// <summary>Of the stack, from its end: a <see cref="SteeredBlock"/> and the number of a socket.</summary>
    private const int Block = -16;
    private const int Source = Block + 4;
    private const int Octets = Source + 4;
    private const int Place = -20;

    /// <param name="realm">Of the listener.</param>
    /// <param name="lanes">How many sockets for peers and those known; as many for strangers follow them.</param>
    /// <param name="peers">Descriptor of the trie of peers.</param>
    /// <param name="known">Of the hash table from sources to the time until which they are known.</param>
    /// <param name="sockets">Of the array of sockets.</param>
    public static ulong[] Write(int realm, int lanes, int peers, int known, int sockets)
    {
        var (code, v6, keyed, isKnown, isStranger, choose) =
            (new BpfAssembler(), new BpfLabel("IPv6"), new BpfLabel("keyed"), new BpfLabel("known"), new BpfLabel("stranger"), new BpfLabel("choose"));
        code.Move(R6, R1).Write(Octets4, R10[Octets], 0).Write(Octets4, R10[Octets + 4], 0)
            .Read(Octets4, R8, R6[ContextProtocol]).JumpIf(R8, NotEqual, Network(0x0800), v6);
        Key(code, SteeredSource.V4, realm, SourceV4, 4, isStranger);
        code.Jump(keyed).Place(v6).JumpIf(R8, NotEqual, Network(0x86DD), isStranger);
        Key(code, SteeredSource.V6, realm, SourceV6, 8, isStranger);
        code.Place(keyed)
            .LoadMap(R1, peers).Move(R2, R10).Do(Add, R2, Block).Call(BpfFunction.MapLookup).JumpIf(R0, NotEqual, 0, isKnown)
            .Read(Octets4, R1, R10[Source]).Do(And, R1, 0xFF).Write(Octets4, R10[Source], R1)
            .LoadMap(R1, known).Move(R2, R10).Do(Add, R2, Source).Call(BpfFunction.MapLookup).JumpIf(R0, Equal, 0, isStranger)
            .Read(Octets8, R7, R0[0]).Call(BpfFunction.MonotonicTime).JumpIf(R0, AboveOrEqual, R7, isStranger)
            .Place(isKnown).Move(R7, 0).Jump(choose)
            .Place(isStranger).Move(R7, lanes)
            .Place(choose).Read(Octets4, R8, R6[ContextHash]).Do(Modulo, R8, lanes).Do(Add, R7, R8).Write(Octets4, R10[Place], R7)
            .Move(R1, R6).LoadMap(R2, sockets).Move(R3, R10).Do(Add, R3, Place).Move(R4, 0).Call(BpfFunction.SelectSocket)
            .Move(R0, Pass).Exit();
        return code.Assemble();
    }

    private static void Key(BpfAssembler code, int family, int realm, int offset, int length, BpfLabel fails) =>
        code.Write(Octets4, R10[Block], 32 + (8 * length)).Write(Octets4, R10[Source], (int)SteeredSource.KindOf(family, realm))
            .Move(R1, R6).Move(R2, offset).Move(R3, R10).Do(Add, R3, Octets).Move(R4, length).Move(R5, FromNetworkHeader)
            .Call(BpfFunction.LoadOctetsFromHeader).JumpIf(R0, NotEqual, 0, fails);

    private static int Network(ushort number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;
}
