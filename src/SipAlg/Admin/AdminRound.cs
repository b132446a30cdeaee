namespace SipAlg.Admin;

/// <summary>The edge of what a timer does for those who look on: a fault there ends a round, and never the process.</summary>
internal static class AdminRound
{
    public static void Run(Action round, ILogger log)
    {
        try
        {
            round();
        }
        catch (Exception fault)
        {
            AdminLog.RoundFailed(log, fault);
        }
    }
}
