using SipAlg.Testing.Hostile;

namespace SipAlg.Fuzz;

/// <summary>The message parser and all that reads header values.</summary>
internal sealed class SipTarget() : Target("sip", Load("sip-torture", "*.dat"))
{
    public override string? Check(byte[] input, int seed) => MessageSoundness.Check(input, (seed & 1) == 0);
}
