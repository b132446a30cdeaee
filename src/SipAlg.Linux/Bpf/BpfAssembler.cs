namespace SipAlg.Linux.Bpf;

/// <summary>
/// Writes a BPF program, an instruction a method. There is no optimizer and no allocation of registers: what stands here is what
/// runs. Mistakes of form throw; whether the program is safe is for the kernel's verifier to say.
/// </summary>
public sealed class BpfAssembler
{
    private const int ClassAlu = 0x04;
    private const int ClassJump = 0x05;
    private const int ClassJump32 = 0x06;
    private const int ClassAlu64 = 0x07;
    private const int FromRegister = 0x08;
    private const int Load = 0x61;
    private const int StoreNumber = 0x62;
    private const int StoreRegister = 0x63;
    private const int Atomic = 0xc3;
    private const int JumpAlways = 0x05;
    private const int CallFunction = 0x85;
    private const int Return = 0x95;
    private const int LoadWide = 0x18;
    private const int ToBigEndian = 0xdc;
    private const byte MapDescriptor = 1;

    private readonly List<ulong> _instructions = [];
    private readonly List<(int At, BpfLabel Target)> _jumps = [];

    /// <summary>Calculates in 64 bits.</summary>
    public BpfAssembler Do(BpfOperation operation, Register target, Register source) => Emit(ClassAlu64 | FromRegister | (int)operation, target.Number, source.Number);

    /// <summary>Calculates in 64 bits with a number, whose sign is extended.</summary>
    public BpfAssembler Do(BpfOperation operation, Register target, int number) => Emit(ClassAlu64 | (int)operation, target.Number, 0, 0, number);

    /// <summary>Calculates in the lower 32 bits; the upper ones become 0.</summary>
    public BpfAssembler Do32(BpfOperation operation, Register target, Register source) => Emit(ClassAlu | FromRegister | (int)operation, target.Number, source.Number);

    /// <inheritdoc cref="Do32(BpfOperation, Register, Register)"/>
    public BpfAssembler Do32(BpfOperation operation, Register target, int number) => Emit(ClassAlu | (int)operation, target.Number, 0, 0, number);

    public BpfAssembler Move(Register target, Register source) => Do(BpfOperation.Move, target, source);

    public BpfAssembler Move(Register target, int number) => Do(BpfOperation.Move, target, number);

    /// <summary>Turns the lower 16 bits between network order and the processor's; the upper bits become 0.</summary>
    public BpfAssembler Swap16(Register target) => Emit(ToBigEndian, target.Number, 0, 0, 16);

    /// <summary>Likewise for 32 bits.</summary>
    public BpfAssembler Swap32(Register target) => Emit(ToBigEndian, target.Number, 0, 0, 32);

    /// <summary>Reads memory into a register; the upper bits become 0.</summary>
    public BpfAssembler Read(BpfWidth width, Register target, BpfMemory from) => Emit(Load | (int)width, target.Number, from.Base.Number, from.Offset);

    public BpfAssembler Write(BpfWidth width, BpfMemory to, Register source) => Emit(StoreRegister | (int)width, to.Base.Number, source.Number, to.Offset);

    public BpfAssembler Write(BpfWidth width, BpfMemory to, int number) => Emit(StoreNumber | (int)width, to.Base.Number, 0, to.Offset, number);

    /// <summary>Adds to memory in one step whatever other processors do; 4 or 8 octets.</summary>
    public BpfAssembler AddAtomically(BpfWidth width, BpfMemory to, Register source) => width is BpfWidth.Octets4 or BpfWidth.Octets8
        ? Emit(Atomic | (int)width, to.Base.Number, source.Number, to.Offset)
        : throw new ArgumentOutOfRangeException(nameof(width), width, "Atomic are 4 and 8 octets.");

    /// <summary>A map by its descriptor; the loaded program holds the map from then on.</summary>
    public BpfAssembler LoadMap(Register target, int descriptor)
    {
        Emit(LoadWide, target.Number, MapDescriptor, 0, descriptor);
        return Emit(0, 0, 0);
    }

    public BpfAssembler Call(BpfFunction function) => Emit(CallFunction, 0, 0, 0, (int)function);

    public BpfAssembler Exit() => Emit(Return, 0, 0);

    public BpfAssembler Jump(BpfLabel target) => JumpTo(target, JumpAlways, 0, 0, 0);

    /// <summary>Compares 64 bits.</summary>
    public BpfAssembler JumpIf(Register left, BpfTest test, int right, BpfLabel target) => JumpTo(target, ClassJump | (int)test, left.Number, 0, right);

    /// <inheritdoc cref="JumpIf(Register, BpfTest, int, BpfLabel)"/>
    public BpfAssembler JumpIf(Register left, BpfTest test, Register right, BpfLabel target) => JumpTo(target, ClassJump | FromRegister | (int)test, left.Number, right.Number, 0);

    /// <summary>Compares the lower 32 bits.</summary>
    public BpfAssembler JumpIf32(Register left, BpfTest test, int right, BpfLabel target) => JumpTo(target, ClassJump32 | (int)test, left.Number, 0, right);

    /// <inheritdoc cref="JumpIf32(Register, BpfTest, int, BpfLabel)"/>
    public BpfAssembler JumpIf32(Register left, BpfTest test, Register right, BpfLabel target) => JumpTo(target, ClassJump32 | FromRegister | (int)test, left.Number, right.Number, 0);

    /// <summary>The next instruction is where jumps to the label go.</summary>
    /// <exception cref="InvalidOperationException">It was placed before.</exception>
    public BpfAssembler Place(BpfLabel label)
    {
        label.Position = label.Position < 0 ? _instructions.Count : throw new InvalidOperationException($"Label {label.Name} is placed twice.");
        return this;
    }

    /// <summary>The program.</summary>
    /// <exception cref="InvalidOperationException">A jump goes nowhere, or further than 32,767 instructions.</exception>
    public ulong[] Assemble()
    {
        foreach (var (at, target) in _jumps)
        {
            var distance = target.Position - at - 1;
            if (target.Position < 0 || distance != (short)distance)
            {
                throw new InvalidOperationException($"No jump leads to label {target.Name}.");
            }

            _instructions[at] |= (ulong)(ushort)distance << 16;
        }

        _jumps.Clear();
        return [.. _instructions];
    }

    private BpfAssembler JumpTo(BpfLabel target, int code, byte left, byte right, int number)
    {
        _jumps.Add((_instructions.Count, target));
        return Emit(code, left, right, 0, number);
    }

    private BpfAssembler Emit(int code, byte target, byte source, short offset = 0, int number = 0)
    {
        _instructions.Add((byte)code | ((ulong)(byte)(target | (source << 4)) << 8) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)number << 32));
        return this;
    }
}
