namespace SipAlg.Linux;

/// <summary>A system call failed where the program cannot go on without it: at start-up. Elsewhere the number is a value.</summary>
public sealed class SystemCallException(string call, int errno) : Exception($"{call}: {LibC.Explain(errno)} (errno {errno})")
{
    public int Errno { get; } = errno;

    /// <returns>The result of a system call that did not fail.</returns>
    /// <exception cref="SystemCallException">It is below 0.</exception>
    public static int Check(int result, string call) =>
        result < 0 ? throw new SystemCallException(call, LibC.Errno) : result;

    /// <summary>Of a call that returns the error number itself.</summary>
    public static void CheckErrno(int errno, string call)
    {
        if (errno != 0)
        {
            throw new SystemCallException(call, errno);
        }
    }
}
