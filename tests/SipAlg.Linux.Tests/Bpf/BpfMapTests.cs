using SipAlg.Linux.Bpf;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Linux.Tests.Bpf;

public sealed unsafe class BpfMapTests
{
    [Fact]
    public void Keeps_entries_by_their_keys()
    {
        using var map = BpfMap.NewHash("test"u8, sizeof(uint), sizeof(ulong), 2);
        var (one, two, three) = (1u, 2u, 3u);
        ulong value = 10;
        Assert.Equal(0, map.Update(&one, &value));
        Assert.Equal(0, map.Update(&two, &value));
        Assert.Equal(7, map.Update(&three, &value)); // E2BIG
        ulong found = 0;
        Assert.Equal(0, map.Lookup(&one, &found));
        Assert.Equal(10u, found);
        Assert.Equal(0, map.Delete(&one));
        Assert.Equal(Errors.NoEntry, map.Lookup(&one, &found));
        Assert.Equal(Errors.NoEntry, map.Delete(&one));
        Assert.Equal(0, map.Update(&three, &value));
    }

    [Fact]
    public void Takes_and_removes_many_at_once()
    {
        using var map = BpfMap.NewHash("test"u8, sizeof(uint), sizeof(ulong), 100);
        var keys = stackalloc uint[10];
        var values = stackalloc ulong[10];
        for (var i = 0; i < 10; i++)
        {
            (keys[i], values[i]) = ((uint)i, (ulong)(i * 10));
        }

        Assert.Equal(10, map.Update(keys, values, 10));
        ulong found = 0;
        Assert.Equal(0, map.Lookup(keys + 9, &found));
        Assert.Equal(90u, found);
        Assert.Equal(10, map.Delete(keys, 10));
        Assert.Equal(Errors.NoEntry, map.Lookup(keys + 9, &found));
    }

    [Fact]
    public void An_array_is_memory_of_both_sides()
    {
        using var map = BpfMap.NewSharedArray("test"u8, 24, 3);
        using var memory = map.Share(3);
        var third = (ulong*)(memory.Start + 48);
        third[0] = 5;
        var missing = new BpfLabel("missing");
        var assembler = new BpfAssembler()
            .Write(BpfWidth.Octets4, R10[-4], 2).LoadMap(R1, map.Descriptor).Move(R2, R10).Do(BpfOperation.Add, R2, -4).Call(BpfFunction.MapLookup)
            .JumpIf(R0, BpfTest.Equal, 0, missing)
            .Read(BpfWidth.Octets8, R1, R0[0]).Do(BpfOperation.Add, R1, 1).Write(BpfWidth.Octets8, R0[8], R1)
            .Place(missing).Move(R0, 0).Exit();
        using var program = BpfProgram.Load("test"u8, assembler.Assemble());
        program.Run(new byte[64], [], new byte[64], out _);
        Assert.Equal(6u, third[1]);
    }

    [Fact]
    public void What_the_kernel_refuses_says_so()
    {
        Assert.Contains("BPF_MAP_CREATE", Assert.Throws<SystemCallException>(() => BpfMap.NewHash("test"u8, 0, 8, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => BpfMap.NewSharedArray("test"u8, 12, 1));
        var wrong = Assert.Throws<BpfRefusedException>(() => BpfProgram.Load("test"u8, new BpfAssembler().Exit().Assemble()));
        Assert.Equal(Errors.PermissionDenied, wrong.Errno);
        Assert.Contains("R0 !read_ok", wrong.Message, StringComparison.Ordinal);
    }
}
