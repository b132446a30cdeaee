using SipAlg.Linux.Bpf;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Linux.Tests.Bpf;

public sealed class BpfAssemblerTests
{
    /// <summary>What a program that ends with R0 returns when the kernel runs it: the kernel is the reference of the encoding.</summary>
    private static int Result(Action<BpfAssembler> write)
    {
        var assembler = new BpfAssembler();
        write(assembler);
        using var program = BpfProgram.Load("test"u8, assembler.Assemble());
        return program.Run(new byte[64], [], new byte[64], out _);
    }

    [Theory]
    [InlineData(Add, 12)]
    [InlineData(Subtract, 8)]
    [InlineData(Multiply, 20)]
    [InlineData(Or, 10)]
    [InlineData(And, 2)]
    [InlineData(ShiftLeft, 40)]
    [InlineData(ShiftRight, 2)]
    [InlineData(Xor, 8)]
    [InlineData(BpfOperation.Move, 2)]
    public void Calculates_ten_and_two(BpfOperation operation, int expected)
    {
        Assert.Equal(expected, Result(a => a.Move(R0, 10).Do(operation, R0, 2).Exit()));
        Assert.Equal(expected, Result(a => a.Move(R0, 10).Move(R1, 2).Do(operation, R0, R1).Exit()));
        Assert.Equal(expected, Result(a => a.Move(R0, 10).Do32(operation, R0, 2).Exit()));
        Assert.Equal(expected, Result(a => a.Move(R0, 10).Move(R1, 2).Do32(operation, R0, R1).Exit()));
    }

    [Fact]
    public void Calculates_in_64_or_in_32_bits()
    {
        Assert.Equal(-1, Result(a => a.Move(R0, -1).Do(ShiftRight, R0, 32).Exit()));
        Assert.Equal(1, Result(a => a.Move(R1, -1).Do32(Add, R1, 2).Move(R0, R1).Exit()));
        Assert.Equal(0, Result(a => a.Move(R0, -1).Do32(Add, R0, 0).Do(ShiftRight, R0, 32).Exit()));
        Assert.Equal(-10, Result(a => a.Move(R0, 10).Do(Negate, R0, 0).Exit()));
    }

    [Fact]
    public void Turns_octets_round()
    {
        Assert.Equal(0x3412, Result(a => a.Move(R0, 0x1234).Swap16(R0).Exit()));
        Assert.Equal(0x78563412, Result(a => a.Move(R0, 0x12345678).Swap32(R0).Exit()));
    }

    [Theory]
    [InlineData(Octets1, 0x78)]
    [InlineData(Octets2, 0x5678)]
    [InlineData(Octets4, 0x12345678)]
    [InlineData(Octets8, 0x12345678)]
    public void Writes_and_reads_memory(BpfWidth width, int expected)
    {
        Assert.Equal(expected, Result(a => a.Write(Octets8, R10[-8], 0).Write(width, R10[-8], 0x12345678).Read(width, R0, R10[-8]).Exit()));
        Assert.Equal(expected, Result(a => a.Move(R1, 0x12345678).Write(Octets8, R10[-8], R1).Read(width, R0, R10[-8]).Exit()));
        Assert.Equal(expected, Result(a => a.Move(R1, 0x12345678).Write(Octets8, R10[-8], 0).Write(width, R10[-8], R1).Read(Octets8, R0, R10[-8]).Exit()));
    }

    [Theory]
    [InlineData(Octets4)]
    [InlineData(Octets8)]
    public void Adds_in_one_step(BpfWidth width) =>
        Assert.Equal(12, Result(a => a.Write(Octets8, R10[-8], 5).Move(R1, 7).AddAtomically(width, R10[-8], R1).Read(Octets8, R0, R10[-8]).Exit()));

    [Theory]
    [InlineData(Octets1)]
    [InlineData(Octets2)]
    public void Adds_nothing_smaller_in_one_step(BpfWidth width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BpfAssembler().AddAtomically(width, R10[-8], R1));

    [Theory]
    [InlineData(Equal, 5, 5, 6)]
    [InlineData(NotEqual, 5, 6, 5)]
    [InlineData(Above, 6, 5, 6)]
    [InlineData(Above, -1, 5, -1)]
    [InlineData(AboveOrEqual, 5, 5, 6)]
    [InlineData(Below, 5, 6, 5)]
    [InlineData(BelowOrEqual, 5, 5, 4)]
    [InlineData(AnyBit, 6, 2, 1)]
    [InlineData(SignedAboveOrEqual, 5, 5, 6)]
    public void Jumps_when_the_test_says_so(BpfTest test, int left, int right, int otherwise)
    {
        Assert.Equal(1, Taken(left, right));
        Assert.Equal(0, Taken(left, otherwise));

        // A number and a register, in 64 bits and in 32, are to agree.
        int Taken(int one, int other)
        {
            var results = new[]
            {
                Jump((a, target) => a.Move(R1, one).JumpIf(R1, test, other, target)),
                Jump((a, target) => a.Move(R1, one).Move(R2, other).JumpIf(R1, test, R2, target)),
                Jump((a, target) => a.Move(R1, one).JumpIf32(R1, test, other, target)),
                Jump((a, target) => a.Move(R1, one).Move(R2, other).JumpIf32(R1, test, R2, target)),
            };
            return Assert.Single(results.Distinct());
        }
    }

    [Fact]
    public void Compares_all_or_the_lower_half()
    {
        Assert.Equal(0, Jump((a, target) => a.Move(R1, -1).Do(ShiftLeft, R1, 32).JumpIf(R1, Equal, 0, target)));
        Assert.Equal(1, Jump((a, target) => a.Move(R1, -1).Do(ShiftLeft, R1, 32).JumpIf32(R1, Equal, 0, target)));
    }

    [Fact]
    public void Jumps_in_any_case_and_calls()
    {
        var (first, second) = (new BpfLabel("first"), new BpfLabel("second"));
        Assert.Equal(7, Result(a => a.Jump(first).Place(second).Move(R0, 7).Exit().Place(first).Jump(second)));
        Assert.Equal(1, Jump((a, target) => a.Call(BpfFunction.MonotonicTime).JumpIf(R0, Above, 0, target)));
    }

    [Fact]
    public void A_jump_needs_a_place_and_a_label_has_one()
    {
        var label = new BpfLabel("nowhere");
        Assert.Contains("nowhere", Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Jump(label).Assemble()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Place(label).Place(label));
        Assert.Throws<OverflowException>(() => R1[40000]);
    }

    [Fact]
    public void A_jump_is_not_cut_off()
    {
        var (assembler, label) = (new BpfAssembler(), new BpfLabel("far"));
        assembler.Jump(label);
        for (var i = 0; i <= short.MaxValue; i++)
        {
            assembler.Move(R0, 0);
        }

        Assert.Throws<InvalidOperationException>(() => assembler.Place(label).Assemble());
    }

    private static int Jump(Action<BpfAssembler, BpfLabel> write) => Result(a =>
    {
        var taken = new BpfLabel("taken");
        write(a, taken);
        a.Move(R0, 0).Exit().Place(taken).Move(R0, 1).Exit();
    });
}
