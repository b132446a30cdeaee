namespace SipAlg.Linux.Bpf;

/// <summary>A register of a BPF program: R0 returns, R1 to R5 are arguments that a call destroys, R6 to R9 last, R10 is the end of the stack.</summary>
public readonly struct Register
{
    private Register(byte number) => Number = number;

    internal byte Number { get; }

    public static Register R0 => new(0);
    public static Register R1 => new(1);
    public static Register R2 => new(2);
    public static Register R3 => new(3);
    public static Register R4 => new(4);
    public static Register R5 => new(5);
    public static Register R6 => new(6);
    public static Register R7 => new(7);
    public static Register R8 => new(8);
    public static Register R9 => new(9);
    public static Register R10 => new(10);

    /// <summary>What the register points to, so many octets further on.</summary>
    public BpfMemory this[int offset] => new(this, checked((short)offset));
}

/// <summary>A place in memory that a load or store names.</summary>
public readonly record struct BpfMemory(Register Base, short Offset);

/// <summary>How many octets a load or store moves; the encoding's own numbers.</summary>
public enum BpfWidth : byte
{
    Octets4 = 0x00,
    Octets2 = 0x08,
    Octets1 = 0x10,
    Octets8 = 0x18,
}

/// <summary>What is calculated; the encoding's own numbers.</summary>
public enum BpfOperation : byte
{
    Add = 0x00,
    Subtract = 0x10,
    Multiply = 0x20,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
    Negate = 0x80,
    Modulo = 0x90,
    Xor = 0xa0,
    Move = 0xb0,
}

/// <summary>When a jump is taken, unsigned unless it says otherwise; the encoding's own numbers.</summary>
public enum BpfTest : byte
{
    Equal = 0x10,
    Above = 0x20,
    AboveOrEqual = 0x30,
    AnyBit = 0x40,
    NotEqual = 0x50,
    SignedAboveOrEqual = 0x70,
    Below = 0xa0,
    BelowOrEqual = 0xb0,
}

/// <summary>A place in a program that jumps go to.</summary>
public sealed class BpfLabel(string name)
{
    public string Name { get; } = name;

    /// <summary>Number of the instruction that follows; −1 until it is placed.</summary>
    internal int Position { get; set; } = -1;
}

/// <summary>Functions of the kernel; the numbers are its interface (enum bpf_func_id).</summary>
public enum BpfFunction
{
    MapLookup = 1,
    MonotonicTime = 5,
    StoreOctets = 9,
    ReplaceL4Checksum = 11,
    TailCall = 12,
    PopVlanTag = 19,
    LoadOctets = 26,
    PullData = 39,
    LoadOctetsFromHeader = 68,
    SelectSocket = 82,
    ReleaseSocket = 86,
    AssignSocket = 124,
    ReserveRecord = 131,
    SubmitRecord = 132,
    DiscardRecord = 133,
    RedirectToNeighbour = 152,
}
