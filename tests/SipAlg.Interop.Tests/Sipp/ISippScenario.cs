namespace SipAlg.Interop.Tests.Sipp;

/// <summary>What a SIPp process plays: a file with places to fill in, or a script written step by step.</summary>
internal interface ISippScenario
{
    /// <summary>Part of the names of the run's files.</summary>
    string Name { get; }

    /// <summary>SIPp's XML.</summary>
    string Text { get; }
}
