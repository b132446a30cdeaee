namespace SipAlg.Commands;

/// <summary>What the program ends with; scripts rely on these.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Fault = 1;
    public const int BadConfiguration = 2;
    public const int Rejected = 3;
}
