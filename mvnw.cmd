@echo off
rem Runs the Maven that .mvn\wrapper\maven-wrapper.properties names, with all the arguments given.
rem It is downloaded once. Where that cannot be done, an installed mvn that is new enough is used.
rem JAVA_HOME, MAVEN_USER_HOME and MVNW_REPOURL have the same meaning as for mvnw.
rem curl, tar (which also unpacks zip files) and certutil are part of Windows since 10 (1803).
setlocal EnableExtensions DisableDelayedExpansion

set "MVNW_URL="
set "MVNW_SHA256="
set "MVNW_SHA512="
for /f "usebackq eol=# tokens=1,* delims==" %%a in ("%~dp0.mvn\wrapper\maven-wrapper.properties") do (
  if "%%a"=="distributionUrl" set "MVNW_URL=%%b"
  if "%%a"=="distributionSha256Sum" set "MVNW_SHA256=%%b"
  if "%%a"=="distributionSha512Sum" set "MVNW_SHA512=%%b"
)
set "MVNW_WHY=there is no distributionUrl in %~dp0.mvn\wrapper\maven-wrapper.properties"
if not defined MVNW_URL goto fail

set "MVNW_JAVA="
for %%j in (java.exe) do set "MVNW_JAVA=%%~$PATH:j"
if defined JAVA_HOME set "MVNW_JAVA=%JAVA_HOME%\bin\java.exe"
set "MVNW_WHY=there is no Java. Install a JDK, and set JAVA_HOME to it or put its java on the PATH."
if not defined MVNW_JAVA goto fail
set "MVNW_WHY=JAVA_HOME is %JAVA_HOME%, but there is no bin\java.exe in it. Set it to the directory of a JDK."
if not exist "%MVNW_JAVA%" goto fail

rem apache-maven-3.9.11-bin.zip, apache-maven-3.9.11 and 3.9.11
for %%f in ("%MVNW_URL%") do set "MVNW_FILE=%%~nxf"
set "MVNW_NAME=%MVNW_FILE:-bin.zip=%"
set "MVNW_VERSION=%MVNW_NAME:apache-maven-=%"
if defined MVNW_REPOURL set "MVNW_URL=%MVNW_REPOURL%/org/apache/maven/apache-maven/%MVNW_VERSION%/%MVNW_FILE%"

rem Instead of the hash of the URL that mvnw has there, a name: a batch file cannot compute one.
set "MVNW_DISTS=%USERPROFILE%\.m2\wrapper\dists"
if defined MAVEN_USER_HOME set "MVNW_DISTS=%MAVEN_USER_HOME%\wrapper\dists"
set "MVNW_HOME=%MVNW_DISTS%\%MVNW_NAME%\mvnw-cmd"
set "MVNW_MVN=%MVNW_HOME%\bin\mvn.cmd"
if exist "%MVNW_MVN%" goto run

rem Work in a directory of its own, and move the result as a whole: no half installations.
set "MVNW_TMP=%MVNW_DISTS%\.mvnw.%RANDOM%%RANDOM%"
set "MVNW_WHY=could not write to %MVNW_DISTS%"
mkdir "%MVNW_TMP%" 2>nul
if not exist "%MVNW_TMP%\" goto installed

set "MVNW_WHY=could not download Maven %MVNW_VERSION%"
"%SystemRoot%\System32\curl.exe" -fsSL --connect-timeout 10 --max-time 300 -o "%MVNW_TMP%\%MVNW_FILE%" "%MVNW_URL%" >nul 2>nul
if not %errorlevel%==0 goto installed

set "MVNW_WHY=the download of Maven %MVNW_VERSION% does not have the expected checksum"
call :verify SHA256 "%MVNW_SHA256%"
if not %errorlevel%==0 goto installed
call :verify SHA512 "%MVNW_SHA512%"
if not %errorlevel%==0 goto installed

set "MVNW_WHY=could not unpack the download of Maven %MVNW_VERSION%"
"%SystemRoot%\System32\tar.exe" -xf "%MVNW_TMP%\%MVNW_FILE%" -C "%MVNW_TMP%" >nul 2>nul
if not %errorlevel%==0 goto installed

set "MVNW_WHY=could not install Maven %MVNW_VERSION% as %MVNW_HOME%"
mkdir "%MVNW_DISTS%\%MVNW_NAME%" 2>nul
if not exist "%MVNW_HOME%" move "%MVNW_TMP%\%MVNW_NAME%" "%MVNW_HOME%" >nul 2>nul
if not exist "%MVNW_MVN%" goto installed
rmdir /s /q "%MVNW_TMP%" 2>nul
goto run

:fail
call :say
exit /b 1

:say
setlocal EnableDelayedExpansion
>&2 echo mvnw: !MVNW_WHY!
exit /b 0

:verify
if "%~2"=="" exit /b 0
for /f "delims=" %%l in ('certutil -hashfile "%MVNW_TMP%\%MVNW_FILE%" %1') do if /i "%%l"=="%~2" exit /b 0
exit /b 1

rem The oldest installed Maven that may stand in is 3.6.3, or 3006003 as a number to compare.
:installed
rmdir /s /q "%MVNW_TMP%" 2>nul
set "MVNW_ADVICE=Make the download possible (MVNW_REPOURL may name a mirror of Maven Central), or install Maven 3.6.3 or newer."
set "MVNW_FIRST=%MVNW_WHY%"
set "MVNW_FAILED=%MVNW_WHY% from %MVNW_URL%"
for %%m in (mvn.cmd) do set "MVNW_MVN=%%~$PATH:m"
set "MVNW_FOUND="
set "MVNW_NUMBER=0"
if defined MVNW_MVN for /f "tokens=2,3" %%a in ('call "%MVNW_MVN%" -v 2^>nul') do if "%%a"=="Maven" set "MVNW_FOUND=%%b"
if defined MVNW_FOUND for /f "tokens=1-3 delims=.-" %%a in ("%MVNW_FOUND%") do set /a "MVNW_NUMBER=%%a * 1000000 + %%b * 1000 + %%c" >nul 2>nul
set "MVNW_WHY=%MVNW_FAILED%, and there is no mvn on the PATH. %MVNW_ADVICE%"
if not defined MVNW_MVN goto fail
set "MVNW_WHY=%MVNW_FAILED%, and the installed mvn (%MVNW_MVN%) does not tell its version. %MVNW_ADVICE%"
if not defined MVNW_FOUND goto fail
set "MVNW_WHY=%MVNW_FAILED%, and the installed Maven %MVNW_FOUND% (%MVNW_MVN%) is too old. %MVNW_ADVICE%"
if %MVNW_NUMBER% LSS 3006003 goto fail
set "MVNW_WHY=%MVNW_FIRST%; using the installed Maven %MVNW_FOUND% (%MVNW_MVN%)"
call :say

rem Without "call": mvn.cmd takes over, gets the arguments as they are, and its exit code is ours.
:run
"%MVNW_MVN%" %*
